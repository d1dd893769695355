"""`python -m checklists`: the thin shell around the pure core. It alone reads files, prints and looks at the clock."""

import sys

from checklists.shell import main

sys.exit(main(sys.argv[1:], sys.stdout.write, sys.stderr.write))
