"""Traffic recorded: a suite sent anew, or an app's own, through a proxy."""
