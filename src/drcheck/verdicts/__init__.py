"""Questions about whole designs that take many searches."""
