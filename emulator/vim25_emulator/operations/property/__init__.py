"""Methods by which clients look up and observe objects: PropertyCollector, views, SearchIndex."""
