"""PDF files: text with the place of every character, tables by their lines, scans by recognition."""
