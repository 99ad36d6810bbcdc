"""HTML pages: the article without the menus of its site, with its tables."""
