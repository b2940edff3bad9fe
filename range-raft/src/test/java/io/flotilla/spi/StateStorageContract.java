package io.flotilla.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.StateStorage.Lookup;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.Seek;
import io.flotilla.spi.StateStorage.StateCursor;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StateStorage.StoredRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [StateStorage] does. A subclass says how to open one, what a power cut leaves of it
/// and how its state keys are made.
public abstract class StateStorageContract {
  protected static final RangeDescriptor LEFT = range(2, "", "m");
  protected static final RangeDescriptor RIGHT = range(3, "m", "");

  protected StateStorage state;

  /// A new, empty state.
  protected abstract StateStorage create();

  /// Ends `state` as a power cut would and gives what the next start finds.
  protected abstract StateStorage crash(StateStorage state);

  /// Closes `state` in good order and opens it again.
  protected abstract StateStorage reopen(StateStorage state);

  /// A state key of a user key.
  protected abstract byte[] stateKey(String userKey);

  @BeforeEach
  final void openState() {
    state = create();
    assertEquals(List.of(), state.load());
    state.apply(List.of(update(LEFT, 1), update(RIGHT, 1)));
  }

  @AfterEach
  final void closeState() {
    state.close();
  }

  @Test
  void whatIsAppliedIsRead() {
    state.apply(List.of(update(LEFT, 2, put("a", "1"), put("b", "2"))));
    state.apply(List.of(update(LEFT, 3, delete("b"), put("c", "3"), put("c", "4"))));

    assertValue("1", "a");
    assertNull(state.get(stateKey("b")));
    assertValue("4", "c");
    assertTrue(state.getFromMemory(stateKey("b")) instanceof Lookup.Absent);
    Lookup found = state.getFromMemory(stateKey("c"));
    assertArrayEquals(bytes("4"), ((Lookup.Found) found).value());
  }

  @Test
  void anEmptyValueIsNotAbsent() {
    state.apply(List.of(update(LEFT, 2, put("a", ""))));
    assertArrayEquals(new byte[0], state.get(stateKey("a")));
  }

  @Test
  void closingLosesNothing() {
    state.apply(List.of(update(RIGHT, 7, put("x", "1"))));
    state = reopen(state);
    assertValue("1", "x");
    assertEquals(
        List.of(new StoredRange(LEFT, id(1)), new StoredRange(RIGHT, id(7))), state.load());
    assertEquals(id(7), state.durableApplied(RIGHT.id()));
  }

  @Test
  void anUpdateWithoutDescriptorKeepsTheOldOne() {
    RangeDescriptor grown =
        LEFT.withReplicas(
            List.of(new ReplicaDescriptor(new PeerId(9), new StoreId(4), ReplicaKind.INCOMING)));
    state.apply(List.of(new RangeUpdate(LEFT.id(), id(5), grown, List.of(), false)));
    state.apply(List.of(new RangeUpdate(LEFT.id(), id(6), null, List.of(put("a", "1")), false)));
    state = reopen(state);
    assertEquals(new StoredRange(grown, id(6)), state.load().getFirst());
  }

  @Test
  void theFirstUpdateOfARangeNeedsADescriptor() {
    assertThrows(
        IllegalArgumentException.class,
        () -> state.apply(List.of(new RangeUpdate(new RangeId(9), id(1), null, List.of(), false))));
  }

  @Test
  void aRemovedRangeIsForgottenAndMayComeBack() {
    state.apply(List.of(new RangeUpdate(RIGHT.id(), id(4), null, List.of(), true)));
    assertEquals(List.of(new StoredRange(LEFT, id(1))), state.load());
    state.apply(List.of(update(RIGHT, 12)));
    state.flush();
    assertEquals(new StoredRange(RIGHT, id(12)), reopened().load().get(1));
  }

  @Test
  void aPowerCutLosesAWholeSuffix() {
    for (int index = 2; index <= 40; index++) {
      RangeDescriptor range = index % 2 == 0 ? LEFT : RIGHT;
      String prefix = index % 2 == 0 ? "a" : "z";
      state.apply(List.of(update(range, index, put(prefix + index, "v" + index))));
      if (index == 20) {
        state.flush();
      }
    }

    state = crash(state);

    List<StoredRange> found = state.load();
    long last = Math.max(found.get(0).applied().index(), found.get(1).applied().index());
    assertTrue(last >= 20, "flushed batches stay");
    for (int index = 2; index <= 40; index++) {
      byte[] value = state.get(stateKey((index % 2 == 0 ? "a" : "z") + index));
      assertEquals(index <= last, value != null, "batch " + index + " of " + last);
    }
  }

  @Test
  void durableAppliedIsWhatAPowerCutLeaves() {
    assertEquals(EntryId.ZERO, state.durableApplied(new RangeId(99)));
    state.apply(List.of(update(LEFT, 5)));
    state.flush();
    assertEquals(id(5), state.durableApplied(LEFT.id()));
    state.apply(List.of(update(LEFT, 6, put("a", "1"))));
    EntryId promised = state.durableApplied(LEFT.id());
    state = crash(state);
    assertTrue(state.load().getFirst().applied().compareTo(promised) >= 0);
    assertTrue(promised.compareTo(id(5)) >= 0);
  }

  @Test
  void scansGoBothWaysWithinBounds() {
    for (String key : List.of("a", "b", "c", "d", "e")) {
      state.apply(List.of(update(LEFT, 2, put(key, key))));
    }
    state.apply(List.of(update(LEFT, 3, delete("c"))));
    assertEquals("bd", walk("b", "e", false, null));
    assertEquals("db", walk("b", "e", true, null));
    assertEquals("de", walk("a", "f", false, "c"));
    assertEquals("ba", walk("a", "f", true, "c"));
    assertEquals("ed", walk("c", "f", true, "x"));
    assertEquals("", walk("f", "x", false, null));
    assertEquals("", walk("f", "x", true, null));
  }

  @Test
  void aCursorSeesTheStateAsItWasWhenOpened() {
    state.apply(List.of(update(LEFT, 2, put("a", "a"), put("b", "b"))));
    try (StateCursor cursor = state.scan(stateKey("a"), stateKey("z"), false, false)) {
      state.apply(List.of(update(LEFT, 3, delete("b"), put("c", "c"))));
      assertArrayEquals(stateKey("a"), cursor.key());
      cursor.next();
      assertArrayEquals(bytes("b"), cursor.value());
      cursor.next();
      assertFalse(cursor.isValid());
      assertFalse(cursor.needsDisk());
    }
  }

  @Test
  void aSeekFindsTheNextKeyOfAPrefix() {
    state.apply(List.of(update(LEFT, 2, put("ab", "1"), put("b", "2"))));
    byte[] from = stateKey("aa");
    int shared = Arrays.mismatch(from, stateKey("ab"));
    Seek.Found found = (Seek.Found) state.seek(from, shared, true);
    assertArrayEquals(stateKey("ab"), found.key());
    assertArrayEquals(bytes("1"), found.value());
    assertEquals(Seek.ABSENT, state.seek(from, shared + 1, false));
    assertEquals(Seek.ABSENT, state.seek(stateKey("c"), 1, false));
    state.apply(List.of(update(LEFT, 3, put("aa", "3"), delete("b"))));
    assertArrayEquals(from, ((Seek.Found) state.seek(from, from.length, true)).key());
    assertEquals(Seek.ABSENT, state.seek(stateKey("b"), 1, true));
    state.flush();
    state.apply(List.of(update(LEFT, 4, put("aa", "4"))));
    assertArrayEquals(bytes("4"), ((Seek.Found) state.seek(from, 1, false)).value());
  }

  @Test
  void clearTakesTheSpanAndNothingElse() {
    state.apply(List.of(update(LEFT, 2, put("a", "1"), put("lzz", "2"))));
    state.apply(List.of(update(RIGHT, 2, put("m", "3"), put("zz", "4"))));
    state.clear(LEFT);
    assertNull(state.get(stateKey("a")));
    assertNull(state.get(stateKey("lzz")));
    assertValue("3", "m");
    assertValue("4", "zz");
    state.apply(List.of(update(LEFT, 3, put("a", "5"))));
    assertValue("5", "a");
    state.flush();
    state.clear(RIGHT);
    assertNull(state.get(stateKey("m")));
    assertValue("5", "a");
  }

  @Test
  void sizesFollowTheData() {
    assertNull(state.middleKey(LEFT));
    for (int i = 0; i < 400; i++) {
      String key = "k" + (1000 + i);
      state.apply(List.of(update(LEFT, 2 + i, put(key, noise(i)))));
    }
    state.flush();
    long bytes = state.approximateBytes(LEFT);
    assertTrue(bytes > 100_000 && bytes < 1_600_000, "about 400 kB, not " + bytes);
    assertTrue(state.approximateBytes(RIGHT) < 100_000);
    byte[] middle = state.middleKey(LEFT);
    assertNotNull(middle);
    int position = Integer.parseInt(new String(middle, UTF_8).substring(1)) - 1000;
    assertTrue(position > 100 && position < 300, "near the middle of 400, not " + position);
  }

  @Test
  void aSingleKeyCannotBeCut() {
    state.apply(List.of(update(LEFT, 2, put("a", "x".repeat(1000)))));
    assertNull(state.middleKey(LEFT));
    state.apply(List.of(update(LEFT, 3, put("b", "x"))));
    byte[] middle = state.middleKey(LEFT);
    assertEquals("b", Optional.ofNullable(middle).map(key -> new String(key, UTF_8)).orElse("b"));
  }

  /// Some 1,000 bytes that do not compress well: a storage may count what it keeps of them.
  private static String noise(int seed) {
    RandomSource random = new RandomSource(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < 1000) {
      text.append(Long.toString(random.nextLong() >>> 1, 36));
    }
    return text.toString();
  }

  private StateStorage reopened() {
    state = reopen(state);
    return state;
  }

  private String walk(String from, String to, boolean reverse, @Nullable String seek) {
    StringBuilder seen = new StringBuilder();
    try (StateCursor cursor = state.scan(stateKey(from), stateKey(to), reverse, true)) {
      if (seek != null) {
        cursor.seek(stateKey(seek));
      }
      for (; cursor.isValid(); cursor.next()) {
        seen.append(new String(cursor.value(), UTF_8));
      }
      assertFalse(cursor.needsDisk());
    }
    return seen.toString();
  }

  private void assertValue(String expected, String userKey) {
    byte[] value = state.get(stateKey(userKey));
    assertNotNull(value);
    assertEquals(expected, new String(value, UTF_8));
  }

  protected final StateWrite put(String userKey, String value) {
    return new StateWrite(stateKey(userKey), bytes(value));
  }

  protected final StateWrite delete(String userKey) {
    return new StateWrite(stateKey(userKey), null);
  }

  protected static RangeUpdate update(RangeDescriptor range, long index, StateWrite... writes) {
    List<StateWrite> all = new ArrayList<>(List.of(writes));
    return new RangeUpdate(range.id(), id(index), range, all, false);
  }

  protected static EntryId id(long index) {
    return new EntryId(1, index);
  }

  protected static RangeDescriptor range(long id, String start, String end) {
    KeySpan span = new KeySpan(Key.of(bytes(start)), Key.of(bytes(end)));
    ReplicaDescriptor replica =
        new ReplicaDescriptor(new PeerId(id * 10), new StoreId(1), ReplicaKind.VOTER);
    return new RangeDescriptor(new RangeId(id), span, 1, List.of(replica));
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
