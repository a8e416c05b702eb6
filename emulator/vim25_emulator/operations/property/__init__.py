"""Operations by which clients find and follow objects: PropertyCollector, views, SearchIndex."""
