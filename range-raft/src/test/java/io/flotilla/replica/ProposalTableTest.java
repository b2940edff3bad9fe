package io.flotilla.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProposalTableTest {
  private static final Refusal SUPERSEDED = new Refusal.NoReplica(new RangeId(1));
  private static final Refusal STALE = new Refusal.NoReplica(new RangeId(2));

  private final ProposalTable table = new ProposalTable();
  private final List<String> said = new ArrayList<>();

  @Test
  void anOutcomeComesOnlyAfterTheOwnEntryIsApplied() {
    propose(2, 5, "a", "b");
    propose(2, 6, "c");
    table.onCommitted(List.of(entry(2, 5), entry(2, 6)), SUPERSEDED);
    assertEquals(List.of(), said);
    table.onApplied(5, List.of(), STALE);
    assertEquals(List.of("a applied 5", "b applied 5"), said);
    table.onApplied(6, List.of(), STALE);
    assertEquals("c applied 6", said.getLast());
    assertEquals(0, table.open());
  }

  @Test
  void anotherEntryAtTheIndexMeansNeverApplied() {
    propose(2, 5, "a");
    propose(2, 6, "b");
    table.onCommitted(List.of(entry(3, 5)), SUPERSEDED);
    assertEquals(List.of("a refused 1"), said);
    assertEquals(1, table.open());
  }

  @Test
  void aCommandThatWasVoidIsRefused() {
    propose(2, 5, "a");
    table.onCommitted(List.of(entry(2, 5)), SUPERSEDED);
    table.onApplied(5, List.of(5L), STALE);
    assertEquals(List.of("a refused 2"), said);
  }

  @Test
  void whatWasTruncatedIsRefusedAndTheRestStays() {
    propose(2, 5, "a");
    propose(2, 6, "b");
    table.onDropped(List.of(new EntryId(2, 6)), SUPERSEDED);
    assertEquals(List.of("b refused 1"), said);
    propose(3, 6, "c");
    table.onCommitted(List.of(entry(2, 5), entry(3, 6)), SUPERSEDED);
    table.onApplied(6, List.of(), STALE);
    assertEquals(List.of("b refused 1", "a applied 5", "c applied 6"), said);
  }

  /// Its place was taken by an entry that was never committed: others may have it still.
  @Test
  void whatWasLostWithoutADecisionIsUnknownToTheNextLeadership() {
    propose(2, 5, "a");
    propose(2, 6, "b");
    propose(2, 7, "c");
    propose(4, 6, "d");
    assertEquals(List.of("c unknown", "b unknown"), said);
    table.onCommitted(List.of(entry(2, 5), entry(4, 6)), SUPERSEDED);
    table.onApplied(6, List.of(), STALE);
    assertEquals(List.of("c unknown", "b unknown", "a applied 5", "d applied 6"), said);
  }

  @Test
  void whatIsGivenUpIsUnknown() {
    propose(2, 5, "a");
    propose(2, 6, "b");
    table.onCommitted(List.of(entry(2, 5)), SUPERSEDED);
    table.giveUpProposed("why");
    assertEquals(List.of("b unknown"), said);
    table.giveUpAll("why");
    assertEquals(List.of("b unknown", "a unknown"), said);
    assertEquals(0, table.open());
  }

  @Test
  void proposalsGoToTheEndOfTheLog() {
    propose(2, 5, "a");
    assertThrows(IllegalStateException.class, () -> propose(2, 5, "b"));
  }

  private void propose(long term, long index, String... names) {
    List<java.util.function.Consumer<ProposalOutcome>> outcomes = new ArrayList<>();
    for (String name : names) {
      outcomes.add(outcome -> said.add(name + " " + text(outcome)));
    }
    table.add(new EntryId(term, index), outcomes);
  }

  private static String text(ProposalOutcome outcome) {
    return switch (outcome) {
      case ProposalOutcome.Applied(long index) -> "applied " + index;
      case ProposalOutcome.Refused(Refusal refusal) ->
          "refused " + ((Refusal.NoReplica) refusal).range();
      case ProposalOutcome.Unknown _ -> "unknown";
    };
  }

  private static Entry entry(long term, long index) {
    return new Entry(term, index, EntryKind.COMMAND, new byte[0]);
  }
}
