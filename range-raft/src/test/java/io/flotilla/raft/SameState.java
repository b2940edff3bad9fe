package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares two objects field by field, however deep: what one of them has forgotten shows, also a
/// field that nobody has thought of yet.
public final class SameState {
  /// What may differ, and why.
  private static final Set<String> EXEMPT =
      Set.of(
          "ElectionTimer.random", // goes on from a seed
          "TermRuns.terms", // with free room behind; termAt is compared
          "TermRuns.firsts",
          "Outbox.ackIndex", // mean nothing without ackTo
          "Outbox.ackTerm",
          "Leader.matches", // functions of the other fields
          "Leader.rounds",
          "Inflight.head", // means nothing in an empty one
          "Inflight.lastIndexes",
          "Inflight.sizes",
          "EntryWindow.head",
          "EntryWindow.slots",
          "DurableOutput.stores", // what unnamed peers will say again
          "LeaderSide.deposedTicks", // counts only while proposals are open
          "LeaderSide.replica",
          "LeaderSide.host",
          "DurableOutput.replica",
          "DurableOutput.host",
          "Leadership.lease"); // ended in sleep

  private final Map<Object, Object> seen = new IdentityHashMap<>();

  private SameState() {}

  static void check(RaftGroup before, RaftGroup after) {
    new SameState().compare("group", before, after);
    for (long i = before.compactionPoint().index(); i <= before.lastEntry().index(); i++) {
      assertEquals(before.termAt(i), after.termAt(i), "term at " + i);
    }
  }

  /// The same for anything made of classes of `raft` and `replica`.
  public static void check(Object before, Object after) {
    new SameState().compare(before.getClass().getSimpleName(), before, after);
  }

  private void compare(String where, @Nullable Object before, @Nullable Object after) {
    if (isNothing(before) && isNothing(after)) {
      return;
    }
    assertEquals(before == null, after == null, where + " is not there");
    if (before == null || after == null || seen.put(before, after) != null) {
      return;
    }
    if (before instanceof Collection<?> list && after instanceof Collection<?> other) {
      compareAll(where, List.copyOf(list), List.copyOf(other));
    } else if (before.getClass().isArray()) {
      compareAll(where, elements(before), elements(after));
    } else if (isOurs(before.getClass()) && !before.getClass().isEnum()) {
      assertEquals(before.getClass(), after.getClass(), where);
      compareFields(where, before, after);
    } else {
      assertEquals(before, after, where);
    }
  }

  private void compareFields(String where, Object before, Object after) {
    for (Field field : before.getClass().getDeclaredFields()) {
      String name = before.getClass().getSimpleName() + "." + field.getName();
      if (Modifier.isStatic(field.getModifiers()) || EXEMPT.contains(name)) {
        continue;
      }
      try {
        field.setAccessible(true);
        compare(where + "." + field.getName(), field.get(before), field.get(after));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(name, e);
      }
    }
  }

  private void compareAll(String where, List<?> before, List<?> after) {
    assertEquals(before.size(), after.size(), where);
    for (int i = 0; i < before.size(); i++) {
      compare(where + "[" + i + "]", before.get(i), after.get(i));
    }
  }

  private static List<@Nullable Object> elements(Object array) {
    List<@Nullable Object> all = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      all.add(Array.get(array, i));
    }
    return all;
  }

  private static boolean isOurs(Class<?> type) {
    return type.getName().startsWith("io.flotilla.raft.")
        || type.getName().startsWith("io.flotilla.replica.");
  }

  /// Nothing, or something empty that came into being when it was first needed.
  private static boolean isNothing(@Nullable Object value) {
    return value == null
        || value instanceof Collection<?> some && some.isEmpty()
        || value instanceof Map<?, ?> map && map.isEmpty();
  }
}
