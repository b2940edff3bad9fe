package io.flotilla.replica;

import java.util.function.Consumer;

/// Telling many who wait, whatever some of them throw: the others must not be left without an
/// answer on that account.
final class Answers {
  private Answers() {}

  /// Does `step` for each of `all`; then throws what the first of them threw, with the others'
  /// failures added to it.
  static <T> void toAll(Iterable<T> all, Consumer<? super T> step) {
    RuntimeException first = null;
    for (T each : all) {
      try {
        step.accept(each);
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else if (first != e) {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
