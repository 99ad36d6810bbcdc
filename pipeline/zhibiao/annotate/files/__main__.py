"""``python -m zhibiao.annotate.files build``."""

import sys

from zhibiao.annotate.files.build import main

if __name__ == "__main__":
    sys.exit(main())
