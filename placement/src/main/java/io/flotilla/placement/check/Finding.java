package io.flotilla.placement.check;

import java.util.Optional;

/// What a checker found at a range.
public sealed interface Finding {
  /// Nothing is to be done, or nothing that these stores allow: look again when the range or the
  /// stores change.
  record Nothing() implements Finding {}

  /// Something is to be done as soon as other operators make room for it.
  record Later() implements Finding {}

  record Start(Operator operator) implements Finding {}

  /// The operator to start, if there is one.
  default Optional<Operator> toStart() {
    return this instanceof Start(var operator) ? Optional.of(operator) : Optional.empty();
  }
}
