package io.flotilla.cli.bench;

import java.util.Locale;
import java.util.SplittableRandom;

/// What the clients do.
enum Workload {
  PUT,
  MIXED,
  GET,
  SCAN;

  /// One kind of operation.
  enum Operation {
    PUT,
    GET,
    SCAN
  }

  Operation next(SplittableRandom random) {
    return switch (this) {
      case PUT -> Operation.PUT;
      case MIXED -> random.nextBoolean() ? Operation.PUT : Operation.GET;
      case GET -> Operation.GET;
      case SCAN -> Operation.SCAN;
    };
  }

  boolean needsData() {
    return this != PUT;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
