"""Coordinates, ellipsoidal area, reading layers into arrays, overlay and the GeoPackage blob codec."""
