package io.flotilla.sim.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Decides whether what was read from several keys at one moment can have been there at one moment.
///
/// Needs no timestamps: it goes by who was finished before whom, which is why every value must be
/// written at most once. For each key of a read, the write of the value that was found is known.
/// The read is no cut if some other write to a key of it must lie between the one that was found
/// there and the moment of the read: because it began after the one found had ended, and ended
/// before the read began, or before the write found for another key began.
public final class CutCheck {
  private final Map<String, Map<@Nullable String, Operation>> writers = new HashMap<>();
  private final SortedMap<String, List<Operation>> byKey;

  /// Several keys as they were found, all as of one moment.
  ///
  /// @param found values by key; null: nothing was there
  /// @param invoked when the moment was asked for
  /// @param returned when all was read
  public record CutRead(
      String client, SortedMap<String, @Nullable String> found, long invoked, long returned) {}

  public CutCheck(History history) {
    this.byKey = history.byKey();
    byKey.forEach((key, operations) -> {
      Map<@Nullable String, Operation> its = new HashMap<>();
      for (Operation operation : operations) {
        String written = written(operation);
        if (written != null && its.put(written, operation) != null) {
          throw new IllegalArgumentException(key + ": " + written + " was written twice");
        }
      }
      writers.put(key, its);
    });
  }

  private static @Nullable String written(Operation operation) {
    return switch (operation.call()) {
      case Call.Put put -> put.value();
      case Call.Swap swap when swap.swapped() -> swap.update();
      case Call.Swap _, Call.Get _ -> null;
    };
  }

  /// What is wrong with the read, a line for each thing; empty: nothing is.
  public List<String> check(CutRead read) {
    List<String> wrong = new ArrayList<>();
    long latest = read.invoked();
    for (Map.Entry<String, @Nullable String> entry : read.found().entrySet()) {
      Operation writer = writer(entry.getKey(), entry.getValue());
      if (entry.getValue() != null && writer == null) {
        wrong.add(entry.getKey() + ": nobody wrote " + entry.getValue());
      } else if (writer != null && writer.invoked() > read.returned()) {
        wrong.add("read before it was written: " + writer);
      } else if (writer != null) {
        latest = Math.max(latest, writer.invoked());
      }
    }
    for (Map.Entry<String, @Nullable String> entry : read.found().entrySet()) {
      checkKey(entry.getKey(), entry.getValue(), latest, wrong);
    }
    return wrong;
  }

  private void checkKey(String key, @Nullable String found, long latest, List<String> wrong) {
    Operation writer = writer(key, found);
    if (found != null && writer == null) {
      return;
    }
    for (Operation other : byKey.getOrDefault(key, List.of())) {
      boolean isWrite = !(other.call() instanceof Call.Get) && changes(other.call());
      boolean after = writer == null ? written(other) != null : writer.returned() < other.invoked();
      boolean before = other.returned() < latest;
      if (isWrite && after && before && other != writer && !mayBeUndone(key, found, other)) {
        wrong.add(key + " = " + found + " was overwritten before the moment of the read: " + other);
      }
    }
  }

  private static boolean changes(Call call) {
    return !(call instanceof Call.Swap swap) || swap.swapped();
  }

  /// Nothing was found, and nothing may be there again: some delete may have come after `other`.
  private boolean mayBeUndone(String key, @Nullable String found, Operation other) {
    return found == null
        && byKey.getOrDefault(key, List.of()).stream()
            .anyMatch(each ->
                !(each.call() instanceof Call.Get)
                    && changes(each.call())
                    && written(each) == null
                    && each.returned() > other.invoked());
  }

  private @Nullable Operation writer(String key, @Nullable String value) {
    Map<@Nullable String, Operation> its = writers.get(key);
    return its == null || value == null ? null : Objects.requireNonNull(its).get(value);
  }
}
