"""What CMS High Availability promises."""
