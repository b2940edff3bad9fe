package io.flotilla.cli.show;

import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.cli.term.Table;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Ranges as a table, as facts, as JSON.
public final class RangeText {
  private RangeText() {}

  public static String table(List<RangeStatus> ranges) {
    Table table =
        new Table()
            .right("RANGE")
            .left("FROM")
            .left("TO")
            .right("LEADER")
            .left("STORES")
            .right("GEN")
            .right("TERM")
            .right("COMMITTED")
            .right("SIZE")
            .left("ASLEEP")
            .left("OPERATOR");
    for (RangeStatus range : ranges) {
      table.row(
          range.descriptor().id(),
          from(range),
          to(range),
          leader(range),
          stores(range),
          range.descriptor().generation(),
          range.term(),
          Human.count(range.committedIndex()),
          Human.bytes(range.bytes()),
          asleep(range),
          operator(range));
    }
    return table.render();
  }

  /// `first key`, or what there is instead.
  static String from(RangeStatus range) {
    if (range.descriptor().isPlacement()) {
      return "(placement)";
    }
    KeySpan span = range.descriptor().span();
    return span.start().isEmpty() ? "-inf" : KeyText.of(span.start());
  }

  static String to(RangeStatus range) {
    if (range.descriptor().isPlacement()) {
      return "";
    }
    KeySpan span = range.descriptor().span();
    return span.isUnbounded() ? "+inf" : KeyText.of(span.end());
  }

  static String leader(RangeStatus range) {
    return range.leader() == null ? "none" : range.leader().toString();
  }

  /// `1 2 3`; replicas that are no voters say what they are.
  static String stores(RangeStatus range) {
    return range.descriptor().replicas().stream()
        .map(RangeText::store)
        .collect(Collectors.joining(" "));
  }

  private static String store(ReplicaDescriptor replica) {
    return replica.kind() == ReplicaKind.VOTER
        ? replica.store().toString()
        : replica.store() + ":" + kind(replica);
  }

  static String kind(ReplicaDescriptor replica) {
    return replica.kind().name().toLowerCase(Locale.ROOT);
  }

  /// `-`: the store that leads it did not say.
  static String asleep(RangeStatus range) {
    Boolean asleep = range.asleep();
    return asleep == null ? "-" : asleep ? "yes" : "no";
  }

  static String operator(RangeStatus range) {
    return range.operator() == null ? "" : range.operator();
  }

  /// A line for each fact of one range.
  static String facts(RangeStatus range) {
    String replicas =
        range.descriptor().replicas().stream()
            .map(r -> "store " + r.store() + " (" + kind(r) + ", peer " + r.peer() + ")")
            .collect(Collectors.joining(", "));
    return """
    range       %s%s
    keys        %s
    leader      %s
    replicas    %s
    generation  %d
    term        %d
    committed   %s
    size        %s
    asleep      %s
    operator    %s
    problem     %s
    """
        .formatted(
            range.descriptor().id(),
            range.descriptor().isPlacement() ? " (the placement group)" : "",
            range.descriptor().isPlacement() ? "none" : "[" + from(range) + ", " + to(range) + ")",
            range.leader() == null ? "none known" : "store " + range.leader(),
            replicas,
            range.descriptor().generation(),
            range.term(),
            Human.count(range.committedIndex()),
            Human.bytes(range.bytes()),
            asleep(range),
            range.operator() == null ? "none" : range.operator(),
            range.problem() == null ? "none" : range.problem());
  }

  static JsonText.Properties json(RangeStatus range) {
    boolean placement = range.descriptor().isPlacement();
    KeySpan span = range.descriptor().span();
    return JsonText.object()
        .with("id", range.descriptor().id().value())
        .with("placement", placement)
        .with("start", placement ? null : KeyText.of(span.start()))
        .with("end", placement || span.isUnbounded() ? null : KeyText.of(span.end()))
        .with("leader", range.leader() == null ? null : range.leader().value())
        .with("generation", range.descriptor().generation())
        .with("term", range.term())
        .with("committedIndex", range.committedIndex())
        .with("bytes", range.bytes())
        .with("asleep", range.asleep())
        .with("operator", range.operator())
        .with("problem", range.problem())
        .with("replicas", range.descriptor().replicas().stream().map(RangeText::replica).toList());
  }

  private static JsonText.Properties replica(ReplicaDescriptor replica) {
    return JsonText.object()
        .with("peer", replica.peer().value())
        .with("store", replica.store().value())
        .with("kind", kind(replica));
  }
}
