"""A first start: the demo county where nobody named anything of their own, and nowhere else."""

import pytest
from sqlalchemy import func, select

from patrol.permissions import Role
from server import clock, create_app
from server.db import db, transaction
from server.demo.first_start import fill_if_new
from server.migrate import migrate
from server.models.county import County
from server.models.mine import Mine
from server.models.team import Membership
from server.models.user import User
from server.models.visit import Visit
from server.queries.actors import find_actor
from server.services import sign_in
from tests.settings import make_config


@pytest.fixture
def installation(tmp_path):
    config = make_config(tmp_path)
    app = create_app(config)
    with app.app_context():
        migrate(db.engine)
        db.engine.dispose()
    yield app, config
    with app.app_context():
        db.engine.dispose()


def never():
    return False


def test_it_makes_an_invented_county_of_six_mines_and_three_teams_of_five(installation):
    app, config = installation

    assert fill_if_new(config, never, [].append)

    with app.app_context():
        county = db.session.scalars(select(County)).one()
        assert county.is_demo
        assert "演示" in county.name
        assert all(name.startswith("示例") for name in db.session.scalars(select(Mine.name)))
        assert all(name.startswith("示例") for name in db.session.scalars(select(User.name)))
        assert db.session.scalar(select(func.count()).select_from(Mine)) == 6
        teams = db.session.execute(select(func.count()).select_from(Membership).group_by(Membership.team_id)).all()
        assert [count for (count,) in teams] == [5, 5, 5]
        # Whoever stops it at once gets no history.
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 0


def test_everybody_can_sign_in_with_what_is_printed_and_every_role_is_there(installation):
    app, config = installation
    said = []
    fill_if_new(config, never, said.append)
    printed = dict(line.split()[:2] for line in said if line.startswith("  "))

    roles = set()
    with app.app_context():
        for login, password in printed.items():
            with transaction():
                attempt = sign_in.enter_attempt(login, "127.0.0.1", clock.now())
            sign_in.check_password(attempt, password)
            user = db.session.scalars(select(User).where(User.login == login)).one()
            roles.add(find_actor(user, clock.now().date()).role)
            assert password not in (user.password_hash or "")
    assert roles == set(Role)


def test_a_second_start_changes_nothing_and_prints_no_password(installation):
    app, config = installation
    fill_if_new(config, never, [].append)
    said = []

    assert not fill_if_new(config, never, said.append)

    assert said == []
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(County)) == 1


def test_two_installations_do_not_share_a_password(tmp_path):
    said = []
    for name in ("one", "other"):
        config = make_config(tmp_path / name)
        (tmp_path / name).mkdir(exist_ok=True)
        with create_app(config).app_context():
            migrate(db.engine)
            db.engine.dispose()
        fill_if_new(config, never, said.append)
    passwords = [line.split()[1] for line in said if line.startswith("  ")]

    assert len(passwords) == len(set(passwords)) == 16


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QIANSHAO_DATABASE_URL", "postgresql://q@db/q"),
        ("QIANSHAO_REDIS_URL", "redis://queue"),
        ("QIANSHAO_MEDIA_URL", "s3://bucket/media"),
        ("QIANSHAO_DEMO", "0"),
    ],
)
@pytest.mark.parametrize("asked", [{}, {"QIANSHAO_DEMO": "1"}])
def test_an_installation_of_ones_own_never_gets_demo_data(tmp_path, name, value, asked):
    assert not make_config(tmp_path, **(asked | {name: value})).demo


def test_without_settings_it_is_a_demo(tmp_path):
    assert make_config(tmp_path).demo
