"""Results for other tools, and other tools' angles for comparison."""
