"""What the numbers of a record say: completion, status, and what an auditor should look at."""

from .findings import find_findings
from .status import assess

__all__ = ["assess", "find_findings"]
