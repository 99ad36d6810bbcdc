"""The panel: one table indicator × region × year out of many runs, every cell with its evidence."""
