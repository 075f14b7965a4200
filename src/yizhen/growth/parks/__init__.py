"""Industrial parks: yearly figures, what a unit of land and energy brings, and the path to the target."""
