package io.flotilla.sim.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a client asked of one key, and what it was told.
public sealed interface Call {
  /// True if with this value there the call gives the answer that it gave.
  boolean fits(@Nullable String value);

  /// What is there after the call, if `value` was there before it.
  @Nullable String after(@Nullable String value);

  /// True if no answer of it depends on what is there: it overwrites blindly.
  boolean isBlind();

  /// Found `value`; null: found nothing.
  record Get(@Nullable String value) implements Call {
    @Override
    public boolean fits(@Nullable String there) {
      return Objects.equals(there, value);
    }

    @Override
    public @Nullable String after(@Nullable String there) {
      return there;
    }

    @Override
    public boolean isBlind() {
      return false;
    }

    @Override
    public String toString() {
      return "get = " + value;
    }
  }

  /// Put `value`, or deleted if that is null.
  record Put(@Nullable String value) implements Call {
    @Override
    public boolean fits(@Nullable String there) {
      return true;
    }

    @Override
    public @Nullable String after(@Nullable String there) {
      return value;
    }

    @Override
    public boolean isBlind() {
      return true;
    }

    @Override
    public String toString() {
      return value == null ? "delete" : "put " + value;
    }
  }

  /// Put `update` if `expected` was there (null: nothing), and was told whether it did.
  record Swap(@Nullable String expected, @Nullable String update, boolean swapped) implements Call {
    @Override
    public boolean fits(@Nullable String there) {
      return Objects.equals(there, expected) == swapped;
    }

    @Override
    public @Nullable String after(@Nullable String there) {
      return swapped ? update : there;
    }

    @Override
    public boolean isBlind() {
      return false;
    }

    @Override
    public String toString() {
      return "swap " + expected + " -> " + update + (swapped ? " done" : " refused");
    }
  }
}
