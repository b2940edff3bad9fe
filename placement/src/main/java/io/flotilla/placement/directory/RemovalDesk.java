package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Removing;
import io.flotilla.placement.PlacementRequest.RemoveStore;
import io.flotilla.placement.Standing;
import io.flotilla.placement.directory.RangeDirectory.Known;
import io.flotilla.placement.directory.StoreCatalogue.Member;
import io.flotilla.replica.Refusal.Busy;
import java.util.List;
import java.util.Optional;

/// Takes stores out of the fleet for good, unless somebody would be sorry for it: every range with
/// a replica there must be able to go on without it, and find another place.
final class RemovalDesk {
  private final Office office;
  private final Proofs proofs;
  private final StoreCatalogue catalogue;
  private final RangeDirectory directory;

  RemovalDesk(Office office, Proofs proofs, StoreCatalogue catalogue, RangeDirectory directory) {
    this.office = office;
    this.proofs = proofs;
    this.catalogue = catalogue;
    this.directory = directory;
  }

  void remove(PlacementCall call, RemoveStore request) {
    Member member = catalogue.find(request.store()).orElse(null);
    if (member == null) {
      proofs.reject(
          call,
          Reason.UNKNOWN_STORE,
          "no store " + request.store() + " is known: see 'store list'");
      return;
    }
    if (member.standing() == Standing.REMOVED) {
      call.reply(removing(request.store()));
      return;
    }
    Optional<String> objection = objection(member, office.nowMillis());
    if (objection.isPresent()) {
      proofs.reject(call, Reason.INVALID, objection.get());
      return;
    }
    if (member.isStandingChanging()) {
      call.refuse(new Busy("changes of one store at a time", Office.RETRY_MILLIS));
      return;
    }
    member.standingChanging();
    office.commit(
        new EndingCall(call, () -> member.standingChanged(null)),
        DurableState.standing(request.store(), Standing.REMOVED),
        () -> {
          member.standingChanged(Standing.REMOVED);
          office
              .events()
              .emit(new PlacementEvent.StandingChanged(request.store(), Standing.REMOVED));
          call.reply(removing(request.store()));
        });
  }

  private Removing removing(StoreId store) {
    return new Removing(directory.tally().of(store).replicas());
  }

  private Optional<String> objection(Member member, long nowMillis) {
    StoreId store = member.info().id();
    if (!catalogue.isComplete(nowMillis)) {
      return Optional.of(
          "not all stores have reported yet, so it is not known what is on store "
              + store
              + ": try again in a moment");
    }
    List<StoreId> others =
        catalogue.all().stream()
            .filter(other -> other != member && isWell(other, nowMillis))
            .map(other -> other.info().id())
            .toList();
    for (Known known : directory.all()) {
      Optional<ReplicaDescriptor> replica = known.descriptor().replicaOn(store);
      if (replica.isPresent() && replica.get().kind() != ReplicaKind.LEARNER) {
        Optional<String> wrong = objection(member, known, others, nowMillis);
        if (wrong.isPresent()) {
          return wrong;
        }
      }
    }
    if (others.isEmpty()) {
      return Optional.of("store " + store + " is the only one that is up");
    }
    long room = others.stream().mapToLong(this::room).sum();
    long bytes = directory.tally().of(store).bytes();
    return bytes <= room
        ? Optional.empty()
        : Optional.of(
            "the other stores have no room for what is on store "
                + store
                + " ("
                + bytes
                + " bytes, they can take "
                + room
                + "): add a store first");
  }

  private long room(StoreId store) {
    return catalogue.find(store).map(member -> member.stats().bytesForReplicas()).orElse(0L);
  }

  private boolean isWell(Member member, long nowMillis) {
    return member.standing() == Standing.MEMBER && catalogue.isUp(member, nowMillis);
  }

  private Optional<String> objection(
      Member leaving, Known known, List<StoreId> others, long nowMillis) {
    RangeDescriptor descriptor = known.descriptor();
    StoreId store = leaving.info().id();
    long voters = 0;
    long alive = catalogue.isUp(leaving, nowMillis) ? 1 : 0;
    for (ReplicaDescriptor replica : descriptor.replicas()) {
      if (replica.kind() != ReplicaKind.LEARNER) {
        voters++;
        alive += others.contains(replica.store()) ? 1 : 0;
      }
    }
    if (known.leader() == null || alive <= voters / 2) {
      return Optional.of(
          "range "
              + descriptor.id()
              + " cannot change its replicas "
              + descriptor.replicas()
              + " now, for most of them, or their leader, are not there: its data could be lost"
              + " with store "
              + store
              + ". Start the stores that are down first");
    }
    boolean hasPlace =
        others.stream()
            .anyMatch(other ->
                descriptor
                    .replicaOn(other)
                    .map(replica -> replica.kind() == ReplicaKind.LEARNER)
                    .orElse(true));
    return hasPlace
        ? Optional.empty()
        : Optional.of(
            "nobody else can take the replica of range "
                + descriptor.id()
                + ": all "
                + others.size()
                + " other stores that are up have one. Add a store first");
  }
}
