"""The trained tagger: which words name an indicator, and what part each number plays."""
