"""What the numbers of a record say: completion, status, and what an auditor should look at."""

from .findings import find_findings
from .status import completion_of, direction_of, status_of, to_unit

__all__ = ["completion_of", "direction_of", "find_findings", "status_of", "to_unit"]
