"""Measuring the extractor against marked passages: marks → gold rows → matching → scores and causes of misses."""
