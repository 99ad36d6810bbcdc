"""``python -m zhibiao.annotate.files build|check|score|speed``."""

import sys

from zhibiao.annotate.files.command import main

if __name__ == "__main__":
    sys.exit(main())
