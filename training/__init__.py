"""Trains, exports, quantizes and measures `columnist-mini`, the model that `columnist` ships."""
