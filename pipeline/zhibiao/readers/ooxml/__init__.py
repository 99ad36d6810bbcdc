"""Office files in packed XML: Word documents and Excel workbooks."""
