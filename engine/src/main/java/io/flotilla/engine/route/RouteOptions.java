package io.flotilla.engine.route;

/// How calls are routed and repeated.
///
/// @param rangesMax the most ranges remembered
/// @param backoffMillisMin the first pause before a call is tried again
/// @param backoffMillisMax the longest one
/// @param sweepMillis how late a call may notice its deadline
public record RouteOptions(
    long rangesMax, long backoffMillisMin, long backoffMillisMax, long sweepMillis) {
  public static final RouteOptions DEFAULT = new RouteOptions(200_000, 2, 100, 10);

  public RouteOptions {
    if (rangesMax < 1
        || backoffMillisMin < 1
        || backoffMillisMax < backoffMillisMin
        || sweepMillis < 1) {
      throw new IllegalArgumentException("an option is out of bounds in " + this);
    }
  }
}
