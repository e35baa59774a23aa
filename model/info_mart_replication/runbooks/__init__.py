"""The procedures of this study."""
