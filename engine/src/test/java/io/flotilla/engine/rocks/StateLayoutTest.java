package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StateLayoutTest {
  private final RandomSource random = new RandomSource(3);

  @Test
  void versionKeysSortByUserKeyThenNewestFirst() {
    for (int i = 0; i < 20_000; i++) {
      byte[] left = userKey();
      byte[] right = random.oneIn(4) ? left : userKey();
      long leftTime = random.nextLong() >>> 1;
      long rightTime = random.oneIn(4) ? leftTime : random.nextLong() >>> 1;
      int byKey = Arrays.compareUnsigned(left, right);
      int expected = byKey != 0 ? byKey : Long.compare(rightTime, leftTime);
      byte[] leftKey = StateLayout.versionKey(left, leftTime);
      byte[] rightKey = StateLayout.versionKey(right, rightTime);
      assertEquals(
          Integer.signum(expected), Integer.signum(Arrays.compareUnsigned(leftKey, rightKey)));
      assertEquals(byKey == 0, StateLayout.sameUserKey(leftKey, rightKey));
    }
  }

  @Test
  void versionKeysDecode() {
    for (int i = 0; i < 5_000; i++) {
      byte[] user = userKey();
      long time = random.nextLong() >>> 1;
      byte[] key = StateLayout.versionKey(user, time);
      assertArrayEquals(user, StateLayout.userKeyOf(key));
      assertEquals(time, StateLayout.timestampOf(key));
      assertTrue(Key.of(key).startsWith(Key.of(StateLayout.versionPrefix(user))));
    }
  }

  @Test
  void aRangesIntervalsHoldItsKeysAndNoOthers() {
    for (int i = 0; i < 5_000; i++) {
      Key a = Key.of(userKey());
      Key b = Key.of(userKey());
      if (a.equals(b)) {
        continue;
      }
      KeySpan span = a.compareTo(b) < 0 ? new KeySpan(a, b) : new KeySpan(b, Key.EMPTY);
      List<KeySpan> intervals =
          StateLayout.intervalsOf(new RangeDescriptor(new RangeId(2), span, 1, List.of()));
      Key user = random.oneIn(3) ? a : Key.of(userKey());
      Key state = Key.of(StateLayout.versionKey(user.bytes(), random.nextLong() >>> 1));
      assertEquals(span.contains(user), intervals.getFirst().contains(state));
      assertFalse(intervals.get(1).contains(state));
    }
  }

  @Test
  void whatIsNoUserKeyIsRefused() {
    for (byte[] bad : List.of(new byte[0], new byte[] {'d'}, new byte[] {'d', 'a', 0, 7, 1, 1})) {
      assertThrows(IllegalArgumentException.class, () -> StateLayout.userKeyOf(bad));
    }
  }

  /// Short keys of few different bytes, so that zeros, prefixes and equals are common.
  private byte[] userKey() {
    byte[] alphabet = {0, 1, 'a', (byte) 0xFF, (byte) 0x80};
    byte[] key = new byte[1 + random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = alphabet[random.nextInt(alphabet.length)];
    }
    return key;
  }
}
