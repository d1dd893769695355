"""A phone of its own: a browser on a profile folder, which can be killed at any moment and started again."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Error, Page

from tests.browser.chromium import EXECUTABLE, FLAGS, PHONE

GONE_WITHIN_S = 30


class PhoneOff(Exception):
    """There is no page: the phone was never switched on, or its browser is dead."""


@dataclass
class Pocket:
    """`killed_at`: monotonic seconds just before it was killed last, None while it runs."""

    kind: BrowserType
    url: str
    folder: Path
    context: BrowserContext | None = None
    killed_at: float | None = None

    @property
    def page(self) -> Page:
        """The page in front. Playwright takes a dead browser's pages off its list as it hears of the death."""
        if self.context is None or not self.context.pages:
            raise PhoneOff
        return self.context.pages[0]

    def start(self, *, offline: bool = False) -> Page:
        """Switch it on; without a network from its first breath where `offline`."""
        self.killed_at = None
        self.context = self.kind.launch_persistent_context(
            self.folder, executable_path=EXECUTABLE, args=list(FLAGS), base_url=self.url, **PHONE
        )
        self.context.set_offline(offline)
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def set_offline(self, offline: bool) -> None:
        """Take it below ground, or above."""
        assert self.context is not None
        self.context.set_offline(offline)

    def hide_county(self) -> None:
        """There is a network and the app's own files come, but the county's interface does not answer."""
        assert self.context is not None
        self.context.route("**/api/**", lambda route: route.abort())

    def show_county(self) -> None:
        """It answers again."""
        assert self.context is not None
        self.context.unroute("**/api/**")

    def kill(self) -> None:
        """SIGKILL the browser with all that belongs to it: what is not on the disk is gone."""
        leader = _process_of(self.folder)
        assert leader is not None, "no browser runs on this folder"
        self.killed_at = time.monotonic()
        os.killpg(os.getpgid(leader), signal.SIGKILL)

    def bury(self) -> None:
        """After a kill: wait until the folder is free."""
        until = time.monotonic() + GONE_WITHIN_S
        while _process_of(self.folder) is not None and time.monotonic() < until:
            time.sleep(0.02)
        self.stop()

    def stop(self) -> None:
        """Close it as a person does; harmless where it is dead already."""
        if self.context is not None:
            with contextlib.suppress(Error):
                self.context.close()
            self.context = None


def _process_of(folder: Path) -> int | None:
    """The browser's own process, not one of its children."""
    wanted = f"--user-data-dir={folder}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            told = (entry / "cmdline").read_bytes().split(b"\0")
            is_dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if wanted in told and not is_dead and not any(word.startswith(b"--type=") for word in told):
            return int(entry.name)
    return None
