package io.flotilla.placement.directory;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Fate;
import io.flotilla.placement.PlacementReply.Membership;
import io.flotilla.placement.PlacementReply.Planned;
import io.flotilla.placement.PlacementReply.RangeUnknown;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementRequest.ListRanges;
import io.flotilla.placement.PlacementRequest.ReplicaFate;
import io.flotilla.placement.PlacementRequest.SplitRequested;
import io.flotilla.placement.PlacementRequest.TransferLeader;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.Split;
import io.flotilla.placement.StoreAddress;
import io.flotilla.placement.check.ClusterView;
import io.flotilla.placement.check.Operator;
import io.flotilla.placement.check.RangeSizeChecker;
import io.flotilla.placement.directory.RangeDirectory.Known;
import io.flotilla.placement.directory.StoreCatalogue.Member;
import io.flotilla.replica.Refusal.Busy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Answers what is asked about ranges, and turns people's wishes into operators.
///
/// Nothing here needs the lease: what leaders reported of generations is true whoever repeats it,
/// and a reader that was sent to an old leader is corrected there.
final class RangeDesk {
  /// About what a page may take; a frame holds several times that.
  private static final long PAGE_BYTES_MAX = 1 << 20;

  /// About what a range takes in it beside its keys and replicas: operator and problem are texts.
  private static final int RECORD_BYTES = 512;

  private static final int REPLICA_BYTES = 64;

  private final Office office;
  private final StoreCatalogue catalogue;
  private final RangeDirectory directory;
  private final Planner planner;
  private final Orphans orphans = new Orphans();

  RangeDesk(Office office, StoreCatalogue catalogue, RangeDirectory directory, Planner planner) {
    this.office = office;
    this.catalogue = catalogue;
    this.directory = directory;
    this.planner = planner;
  }

  void lookup(PlacementCall call, Optional<Known> found) {
    if (found.isPresent()) {
      call.reply(ranges(List.of(found.get()), List.of(), false));
    } else {
      call.reply(
          new RangeUnknown(
              catalogue.isComplete(office.nowMillis()),
              catalogue.all().stream().map(StoreCatalogue::address).toList()));
    }
  }

  void list(PlacementCall call, ListRanges request) {
    // One more than are wanted tells that there are more. All of a hundred thousand, found anew for
    // each page, were five million.
    List<Known> found = directory.overlapping(request.span(), request.limit() + 1);
    if (request.placement()) {
      directory.find(RangeDescriptor.PLACEMENT).ifPresent(known -> found.addFirst(known));
    }
    List<Known> page = found.subList(0, pageSize(found, request.limit()));
    boolean more = page.size() < found.size();
    List<Known> data = page.stream().filter(known -> !known.descriptor().isPlacement()).toList();
    call.reply(ranges(page, gaps(request.span(), data, more), more));
  }

  /// As many ranges as go into one reply; one at least.
  private static int pageSize(List<Known> found, int limit) {
    int size = 0;
    long bytes = 0;
    for (Known known : found) {
      RangeDescriptor descriptor = known.descriptor();
      bytes += RECORD_BYTES + descriptor.span().start().length() + descriptor.span().end().length();
      bytes += (long) REPLICA_BYTES * descriptor.replicas().size();
      if (size == limit || size > 0 && bytes > PAGE_BYTES_MAX) {
        break;
      }
      size++;
    }
    return size;
  }

  /// The gaps up to where the page ends.
  private static List<KeySpan> gaps(KeySpan span, List<Known> data, boolean more) {
    if (!more) {
      return RangeDirectory.gaps(span, data);
    }
    if (data.isEmpty()) {
      return List.of();
    }
    KeySpan last = data.getLast().descriptor().span();
    return span.intersect(new KeySpan(span.start(), last.end()))
        .map(seen -> RangeDirectory.gaps(seen, data))
        .orElse(List.of());
  }

  private Ranges ranges(List<Known> page, List<KeySpan> gaps, boolean more) {
    TreeSet<StoreId> named = new TreeSet<>();
    List<RangeRecord> records = new ArrayList<>(page.size());
    for (Known known : page) {
      RangeReport report = known.report();
      report.descriptor().replicas().forEach(replica -> named.add(replica.store()));
      records.add(
          new RangeRecord(
              report.descriptor(),
              known.leader(),
              report.term(),
              report.committed(),
              report.bytes(),
              planner.operator(report.range()).map(Operator::toString).orElse(null),
              planner.problem(report.range()).orElse(null)));
    }
    List<StoreAddress> addresses =
        named.stream()
            .flatMap(store -> catalogue.find(store).stream())
            .map(StoreCatalogue::address)
            .toList();
    return new Ranges(records, gaps, more, addresses);
  }

  /// A peer whose own newest descriptor names it, and that a newer one does not name, was removed;
  /// and peers do not come back. A peer without a descriptor may be about to be added ([Orphans]).
  void fate(PlacementCall call, ReplicaFate request) {
    Known known = directory.find(request.range()).orElse(null);
    if (known == null) {
      call.reply(new Fate(Membership.UNKNOWN, null));
      return;
    }
    RangeDescriptor newest = known.descriptor();
    Membership membership = Membership.UNKNOWN;
    if (newest.replica(request.peer()).isPresent()) {
      membership = Membership.MEMBER;
      orphans.forget(request.range(), request.peer());
    } else if (request.generation() > 0
        ? newest.generation() > request.generation()
        : isOrphan(known, request)) {
      membership = Membership.GONE;
    }
    call.reply(new Fate(membership, newest));
  }

  private boolean isOrphan(Known known, ReplicaFate request) {
    StoreId leader = known.leader();
    Member member = leader == null ? null : catalogue.find(leader).orElse(null);
    long now = office.nowMillis();
    boolean isComing =
        planner
            .operator(request.range())
            .map(operator -> operator.isAdding(request.peer()))
            .orElse(false);
    return leader != null
        && member != null
        && !isComing
        && catalogue.isUp(member, now)
        && member.missingFrom() == null
        && orphans.isGone(request.range(), request.peer(), leader, member.receipt(), now);
  }

  void split(PlacementCall call, SplitRequested request) {
    Known known = led(call, request.range());
    if (known == null) {
      return;
    }
    RangeDescriptor descriptor = known.descriptor();
    if (descriptor.isPlacement()) {
      Office.reject(call, Reason.INVALID, "the placement group does not split");
      return;
    }
    if (request.at() != null && !descriptor.span().canSplitAt(request.at())) {
      Office.reject(
          call,
          Reason.INVALID,
          "range "
              + request.range()
              + " "
              + descriptor.span()
              + " cannot be cut at "
              + request.at()
              + ": name a key inside it that is not its first");
      return;
    }
    Optional<Operator> repeated =
        planner.operator(request.range()).filter(operator -> isSame(operator, request));
    if (repeated.isPresent()) {
      planned(call, known, repeated.get().current());
      return;
    }
    ClusterView view = planner.view();
    Optional<Operator> operator =
        RangeSizeChecker.split(view, known.report(), Operator.Kind.SPLIT_BY_COMMAND, request.at());
    if (operator.isEmpty()) {
      call.refuse(new Busy("ids for new ranges", Office.RETRY_MILLIS));
      return;
    }
    planner.start(view, operator.get(), known.report());
    planned(call, known, operator.get().current());
  }

  private static boolean isSame(Operator operator, SplitRequested request) {
    return operator.kind() == Operator.Kind.SPLIT_BY_COMMAND
        && operator.current() instanceof Split split
        && Objects.equals(split.at(), request.at());
  }

  void transfer(PlacementCall call, TransferLeader request) {
    Known known = led(call, request.range());
    if (known == null) {
      return;
    }
    Optional<ReplicaDescriptor> replica = known.descriptor().replicaOn(request.store());
    if (replica.isEmpty() || replica.get().kind() != ReplicaKind.VOTER) {
      Office.reject(
          call,
          Reason.INVALID,
          "store "
              + request.store()
              + " has no voter of range "
              + request.range()
              + ": "
              + known.descriptor().replicas());
      return;
    }
    ClusterView view = planner.view();
    Step step = new Step.TransferLeader(request.store(), replica.get().peer());
    if (!step.isDone(known.report())) {
      planner.start(
          view,
          new Operator(
              request.range(),
              Operator.Kind.TRANSFER_BY_COMMAND,
              List.of(step),
              known.descriptor().generation(),
              view.nowMillis() + view.limits().quickMillis()),
          known.report());
    }
    planned(call, known, step);
  }

  /// The range if it can be changed now, null if it cannot (and the call is answered).
  private @Nullable Known led(PlacementCall call, RangeId range) {
    Known known = directory.find(range).orElse(null);
    if (known == null && catalogue.isComplete(office.nowMillis())) {
      Office.reject(
          call,
          Reason.UNKNOWN_RANGE,
          "range " + range + " does not exist, or has no leader at the moment");
      return null;
    }
    if (known == null || known.leader() == null) {
      String reason =
          known == null
              ? "range " + range + " is not known yet: not all stores have reported"
              : "range " + range + " has no leader at the moment";
      Office.reject(call, Reason.NOT_YET, reason + "; try again");
      return null;
    }
    if (known.descriptor().isJoint()) {
      call.refuse(new Busy("changes of one range at a time", Office.RETRY_MILLIS));
      return null;
    }
    return known;
  }

  private void planned(PlacementCall call, Known known, Step step) {
    StoreId leader = Objects.requireNonNull(known.leader());
    String address = catalogue.find(leader).map(member -> member.info().address()).orElse("");
    RangeReport report = known.report();
    call.reply(
        new Planned(new Instruction(report.range(), report.generation(), step), leader, address));
  }
}
