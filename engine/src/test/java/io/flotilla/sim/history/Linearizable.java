package io.flotilla.sim.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides whether the operations on one key could have been done one after another by a single
/// register: each at some moment between its beginning and its end.
public final class Linearizable {
  /*
   * Wing and Gong's search (1993) with Lowe's memory of configurations (2017): a configuration is
   * the set of operations that were put in order so far, and the value after them; one that was met
   * before need not be searched again. The caller has partitioned by key already.
   *
   * An operation may come next if it began before the first of the others ended. Two things keep
   * the search small:
   *   - One that changes nothing and fits the present value is put in order at once, without a
   *     second thought: wherever else it could stand, it could as well stand here.
   *   - One of unknown outcome is put in order only if somebody notices: a known operation that may
   *     come next and fits its value but not the present one, or another unknown one that needs it.
   *     If it is overwritten blindly instead, the order without it is as good.
   */
  private static final int CONFIGURATIONS_MAX = 2_000_000;

  private final List<Operation> operations;
  private final BitSet ordered = new BitSet();
  private final Set<Configuration> seen = new HashSet<>();
  private final List<Integer> order = new ArrayList<>();
  private int known;
  private List<Integer> longest = List.of();
  private List<Operation> stuck = List.of();
  private @Nullable String stuckAt;

  private record Configuration(BitSet ordered, @Nullable String value) {}

  /// What came of a check.
  public sealed interface Verdict {
    record Good() implements Verdict {}

    /// No order is possible. `why` says, in lines for people, how far one gets.
    record Bad(String key, String why) implements Verdict {}

    /// The search was given up: too many operations under way at once.
    record TooHard(String key) implements Verdict {}
  }

  private static final class GaveUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Linearizable(List<Operation> unsorted) {
    this.operations = new ArrayList<>(unsorted);
    operations.sort(Comparator.comparingLong(Operation::invoked));
    for (Operation operation : operations) {
      known += operation.isUnknown() ? 0 : 1;
    }
  }

  /// @param operations all of one key, which nothing was at before
  public static Verdict check(List<Operation> operations) {
    return operations.isEmpty() ? new Verdict.Good() : new Linearizable(operations).check();
  }

  private Verdict check() {
    String key = operations.getFirst().key();
    try {
      return search() ? new Verdict.Good() : new Verdict.Bad(key, explain());
    } catch (GaveUp tooMany) {
      return new Verdict.TooHard(key);
    }
  }

  /// A configuration on the way, and what else may be tried from it.
  ///
  /// @param mark how many operations were in order before the choice that led here
  private record Step(int mark, @Nullable String value, List<Integer> choices) {}

  private boolean search() {
    ArrayDeque<Step> path = new ArrayDeque<>();
    String value = null;
    int mark = 0;
    while (true) {
      takeWhatFits(value);
      if (known == 0) {
        return true;
      }
      path.push(new Step(mark, value, seen(value) ? new ArrayList<>() : choices(value)));
      noteIfStuck(path.getFirst());
      while (path.getFirst().choices().isEmpty()) {
        unwindTo(path.pop().mark());
        if (path.isEmpty()) {
          return false;
        }
      }
      Step here = path.getFirst();
      mark = order.size();
      int choice = here.choices().removeFirst();
      take(choice);
      value = operations.get(choice).call().after(here.value());
    }
  }

  private boolean seen(@Nullable String value) {
    boolean fresh = seen.add(new Configuration((BitSet) ordered.clone(), value));
    if (seen.size() > CONFIGURATIONS_MAX) {
      throw new GaveUp();
    }
    return !fresh;
  }

  private void noteIfStuck(Step step) {
    if (step.choices().isEmpty() && order.size() > longest.size()) {
      longest = List.copyOf(order);
      stuck = nextInLine();
      stuckAt = step.value();
    }
  }

  private void take(int index) {
    ordered.set(index);
    order.add(index);
    known -= operations.get(index).isUnknown() ? 0 : 1;
  }

  private void unwindTo(int mark) {
    while (order.size() > mark) {
      int index = order.removeLast();
      ordered.clear(index);
      known += operations.get(index).isUnknown() ? 0 : 1;
    }
  }

  private void takeWhatFits(@Nullable String value) {
    boolean more = true;
    while (more) {
      more = false;
      long end = firstEnd();
      for (int i = firstOpen(); isNext(i, end); i = ordered.nextClearBit(i + 1)) {
        Operation operation = operations.get(i);
        Call call = operation.call();
        boolean changes = call.isBlind() || !Objects.equals(call.after(value), value);
        if (!changes && call.fits(value) && !operation.isUnknown()) {
          take(i);
          more = true;
        }
      }
    }
  }

  private int firstOpen() {
    return ordered.nextClearBit(0);
  }

  /// When the first of those that are left ended: who began later must come later.
  private long firstEnd() {
    long end = Operation.NEVER;
    for (int i = firstOpen(); isNext(i, end); i = ordered.nextClearBit(i + 1)) {
      end = Math.min(end, operations.get(i).returned());
    }
    return end;
  }

  private boolean isNext(int index, long end) {
    return index < operations.size() && operations.get(index).invoked() <= end;
  }

  /// The operations that may come next and change something, the known ones first.
  private List<Integer> choices(@Nullable String value) {
    List<Integer> certain = new ArrayList<>();
    List<Integer> uncertain = new ArrayList<>();
    long end = firstEnd();
    for (int i = firstOpen(); isNext(i, end); i = ordered.nextClearBit(i + 1)) {
      Operation operation = operations.get(i);
      if (operation.call().fits(value)) {
        if (!operation.isUnknown()) {
          certain.add(i);
        } else if (isNoticed(operation.call().after(value), value, i, end)) {
          uncertain.add(i);
        }
      }
    }
    certain.addAll(uncertain);
    return certain;
  }

  private boolean isNoticed(@Nullable String after, @Nullable String before, int writer, long end) {
    if (Objects.equals(after, before)) {
      return false;
    }
    for (int i = firstOpen(); isNext(i, end); i = ordered.nextClearBit(i + 1)) {
      Call call = operations.get(i).call();
      if (i != writer && !call.isBlind() && call.fits(after) && !call.fits(before)) {
        return true;
      }
    }
    return false;
  }

  private List<Operation> nextInLine() {
    List<Operation> next = new ArrayList<>();
    long end = firstEnd();
    for (int i = firstOpen(); isNext(i, end); i = ordered.nextClearBit(i + 1)) {
      next.add(operations.get(i));
    }
    return next;
  }

  private String explain() {
    StringBuilder text = new StringBuilder();
    int from = Math.max(0, longest.size() - 12);
    text.append(operations.size()).append(" operations; an order was found for ");
    text.append(longest.size()).append(" of them, which ends with\n");
    for (int index : longest.subList(from, longest.size())) {
      text.append("  ").append(operations.get(index)).append('\n');
    }
    text.append("then the value is ").append(stuckAt);
    text.append(", and none of these can come next (? = the outcome is unknown)\n");
    stuck.forEach(each -> text.append("  ").append(each).append('\n'));
    return text.toString();
  }
}
