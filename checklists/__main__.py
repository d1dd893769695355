"""`python -m checklists`: the only module here that prints and looks at the clock."""

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from checklists.shell import main

today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
sys.exit(main(sys.argv[1:], today, sys.stdout.write, sys.stderr.write))
