package io.flotilla.replica;

import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The writes that a turn proposes for one range, until they become one entry.
final class WriteStage {
  private List<StateWrite> writes = new ArrayList<>();
  private List<Consumer<ProposalOutcome>> outcomes = new ArrayList<>();
  private int bytes;

  /// One entry's worth.
  record Batch(List<StateWrite> writes, List<Consumer<ProposalOutcome>> outcomes) {
    void refuse(Refusal refusal) {
      finish(new ProposalOutcome.Refused(refusal));
    }

    void finish(ProposalOutcome outcome) {
      Answers.toAll(outcomes, each -> each.accept(outcome));
    }
  }

  boolean isEmpty() {
    return outcomes.isEmpty();
  }

  int size() {
    return outcomes.size();
  }

  /// True if `more` should go into an entry of its own.
  boolean isFullFor(List<StateWrite> more, int bytesMax) {
    return !outcomes.isEmpty() && bytes + bytesOf(more) > bytesMax;
  }

  void add(List<StateWrite> more, Consumer<ProposalOutcome> onOutcome) {
    writes.addAll(more);
    outcomes.add(onOutcome);
    bytes += bytesOf(more);
  }

  Batch take() {
    Batch batch = new Batch(writes, outcomes);
    writes = new ArrayList<>();
    outcomes = new ArrayList<>();
    bytes = 0;
    return batch;
  }

  private static int bytesOf(List<StateWrite> writes) {
    int bytes = 0;
    for (StateWrite write : writes) {
      bytes += write.key().length + (write.value() == null ? 0 : write.value().length) + 4;
    }
    return bytes;
  }
}
