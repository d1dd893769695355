"""What nobody may choose as a password, and what everybody may."""

import pytest

from server.passwords import LONGEST, PasswordTooWeak, check_strength

AROUND = ["demo-leader", "王建国", "示例县", "示例三矿", "wangjianguo"]


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "P@ssw0rd2026", "iloveyou12345", "1qaz2wsx3edc4rfv", "qwertyuiop[]", "abcd1234abcd",
        "Qianshao2026!", "meikuang123456", "demo-leader-2026", "wangjianguo1988", "示例三矿示例三矿示例三矿",
        "啊啊啊啊啊啊啊啊啊啊啊啊啊", "kX9#mQ2vLp4", "x" * LONGEST,
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password):
    with pytest.raises(PasswordTooWeak):
        check_strength(password, AROUND)


@pytest.mark.parametrize(
    "password",
    [
        "井下风大，人人带好自救器",
        "another long secret",
        "kX9#mQ2vLp4z",
        "ÄÖ kuh melkt nachts",
        "🐎 在 山 里 跑 得 比 风 快",
    ],
)
def test_a_sentence_or_dice_will_do(password):
    check_strength(password, AROUND)


def test_a_name_of_here_counts_as_one_guess():
    check_strength("shiyangwadonggou88", [])

    with pytest.raises(PasswordTooWeak):
        check_strength("shiyangwadonggou88", ["shiyangwadonggou"])


def test_the_longest_password_is_judged_at_once():
    check_strength("矿灯 绳索 馒头 " * 3 + "k7#" + "水" * (LONGEST - 27), AROUND)
