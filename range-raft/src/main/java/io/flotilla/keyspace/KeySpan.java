package io.flotilla.keyspace;

import java.util.Optional;

/// A half-open interval of keys: `start` is in it, `end` is not. An empty `end` means "no upper
/// bound".
public record KeySpan(Key start, Key end) {
  /// The whole ordered map.
  public static final KeySpan ALL = new KeySpan(Key.EMPTY, Key.EMPTY);

  public KeySpan {
    if (!end.isEmpty() && start.compareTo(end) >= 0) {
      throw new IllegalArgumentException("empty span: start " + start + " is not below end " + end);
    }
  }

  public boolean isUnbounded() {
    return end.isEmpty();
  }

  public boolean contains(Key key) {
    return key.compareTo(start) >= 0 && (end.isEmpty() || key.compareTo(end) < 0);
  }

  public boolean contains(KeySpan other) {
    return other.start.compareTo(start) >= 0 && compareEnds(other.end, end) <= 0;
  }

  public boolean overlaps(KeySpan other) {
    return (other.end.isEmpty() || start.compareTo(other.end) < 0)
        && (end.isEmpty() || other.start.compareTo(end) < 0);
  }

  /// The keys that are in both spans, or nothing.
  public Optional<KeySpan> intersect(KeySpan other) {
    if (!overlaps(other)) {
      return Optional.empty();
    }
    Key from = start.compareTo(other.start) >= 0 ? start : other.start;
    Key to = compareEnds(end, other.end) <= 0 ? end : other.end;
    return Optional.of(new KeySpan(from, to));
  }

  /// True for a key at which this span can be cut into two spans that are both not empty.
  public boolean canSplitAt(Key key) {
    return contains(key) && !key.equals(start);
  }

  /// Orders two *ends*, for which the empty key is the greatest.
  public static int compareEnds(Key left, Key right) {
    if (left.isEmpty() || right.isEmpty()) {
      return Boolean.compare(left.isEmpty(), right.isEmpty());
    }
    return left.compareTo(right);
  }

  @Override
  public String toString() {
    return "[" + start + ", " + (end.isEmpty() ? "+inf" : end) + ")";
  }
}
