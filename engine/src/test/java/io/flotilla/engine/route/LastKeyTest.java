package io.flotilla.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.Limits;
import io.flotilla.keyspace.Key;
import org.junit.jupiter.api.Test;

/// The greatest key below another.
class LastKeyTest {
  @Test
  void isJustBelow() {
    Key end = Key.of(new byte[] {'a', 'b'});
    Key below = LastKey.below(end);
    assertTrue(below.compareTo(end) < 0);
    assertEquals(Limits.KEY_BYTES_MAX, below.length());
    assertTrue(below.startsWith(Key.of(new byte[] {'a', 'a', -1})));
    assertEquals(Key.of(new byte[] {'a'}), LastKey.below(Key.of(new byte[] {'a', 0})));
    assertEquals(-1, LastKey.below(Key.EMPTY).bytes()[0]);
  }
}
