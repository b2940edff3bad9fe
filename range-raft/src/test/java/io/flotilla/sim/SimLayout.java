package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import java.util.Arrays;
import java.util.List;

/// How state keys are made of user keys: what a state storage has to know of them to find a range's
/// data.
public interface SimLayout {
  /// `d` before the user key and nothing behind it; the placement group has all under `p`.
  SimLayout PLAIN = new Plain();

  /// The disjoint intervals of state keys, ascending, in which a range has its data.
  List<KeySpan> intervals(RangeDescriptor descriptor);

  /// A state key of `userKey`.
  Key stateKey(Key userKey);

  /// The user key that a state key belongs to.
  Key userKey(Key stateKey);

  /// See [SimLayout#PLAIN].
  final class Plain implements SimLayout {
    private static final Key DATA_END = Key.of(new byte[] {'e'});
    private static final KeySpan PLACEMENT =
        new KeySpan(Key.of(new byte[] {'p'}), Key.of(new byte[] {'q'}));

    @Override
    public List<KeySpan> intervals(RangeDescriptor descriptor) {
      if (descriptor.isPlacement()) {
        return List.of(PLACEMENT);
      }
      KeySpan span = descriptor.span();
      Key end = span.isUnbounded() ? DATA_END : stateKey(span.end());
      return List.of(new KeySpan(stateKey(span.start()), end));
    }

    @Override
    public Key stateKey(Key userKey) {
      byte[] bytes = new byte[userKey.length() + 1];
      bytes[0] = 'd';
      System.arraycopy(userKey.bytes(), 0, bytes, 1, userKey.length());
      return Key.of(bytes);
    }

    @Override
    public Key userKey(Key stateKey) {
      return Key.of(Arrays.copyOfRange(stateKey.bytes(), 1, stateKey.length()));
    }
  }
}
