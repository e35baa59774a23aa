"""What the designs must do, a folder a study: published claims, and the promises that decide them, with their findings."""
