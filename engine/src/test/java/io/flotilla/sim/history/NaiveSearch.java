package io.flotilla.sim.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The definition, tried out: every order of the operations, with and without those of unknown
/// outcome. For a handful of operations.
final class NaiveSearch {
  private NaiveSearch() {}

  static boolean isLinearizable(List<Operation> operations) {
    return canGoOn(operations, null);
  }

  private static boolean canGoOn(List<Operation> left, @Nullable String value) {
    if (left.stream().allMatch(Operation::isUnknown)) {
      return true;
    }
    for (Operation next : left) {
      List<Operation> rest = new ArrayList<>(left);
      rest.remove(next);
      boolean overtakes = rest.stream().anyMatch(other -> other.returned() < next.invoked());
      if (!overtakes && next.call().fits(value) && canGoOn(rest, next.call().after(value))) {
        return true;
      }
    }
    return false;
  }
}
