"""Other frameworks' layers as code, graphs and tables; their model files read."""
