package io.flotilla.placement;

import static io.flotilla.placement.ValueLayout.list;
import static io.flotilla.placement.ValueLayout.optional;
import static io.flotilla.placement.ValueLayout.text;

import io.flotilla.codec.ByteReader;
import io.flotilla.placement.PlacementReply.Fate;
import io.flotilla.placement.PlacementReply.Fleet;
import io.flotilla.placement.PlacementReply.Held;
import io.flotilla.placement.PlacementReply.Ids;
import io.flotilla.placement.PlacementReply.Membership;
import io.flotilla.placement.PlacementReply.Planned;
import io.flotilla.placement.PlacementReply.PolicySet;
import io.flotilla.placement.PlacementReply.RangeUnknown;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Registered;
import io.flotilla.placement.PlacementReply.Rejected;
import io.flotilla.placement.PlacementReply.Removing;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementReply.Stores;
import io.flotilla.placement.PlacementReply.Timestamps;

/// The layouts of replies: a code, then the fields. Codes are never reused.
final class ReplyLayout {
  private static final Membership[] MEMBERSHIPS = Membership.values();
  private static final Reason[] REASONS = Reason.values();

  private ReplyLayout() {}

  static void write(ByteSink out, PlacementReply reply) {
    switch (reply) {
      case Registered registered -> registered(out.u8(1), registered);
      case Reported reported -> reported(out.u8(2), reported);
      case Ids(var first, var count) -> out.u8(3).varint(first).varint(count);
      case Timestamps(var first, var count, var safePoint) -> {
        ValueLayout.timestamp(out.u8(4), first);
        ValueLayout.timestamp(out.varint(count), safePoint);
      }
      case Ranges(var ranges, var gaps, var more, var stores) -> {
        out.u8(5).list(ranges, ValueLayout::record).list(gaps, ValueLayout::span);
        out.bool(more).list(stores, ValueLayout::address);
      }
      case RangeUnknown(var complete, var ask) ->
          out.u8(6).bool(complete).list(ask, ValueLayout::address);
      case Stores(var stores) -> out.u8(7).list(stores, ValueLayout::status);
      case Fleet fleet -> fleet(out.u8(8), fleet);
      case PolicySet(var policy) -> ValueLayout.policy(out.u8(9), policy);
      case Fate(var membership, var newest) -> {
        out.u8(10).u8(membership.ordinal());
        optional(out, newest, ValueLayout::descriptor);
      }
      case Planned(var instruction, var leader, var address) -> {
        StepLayout.instruction(out.u8(11), instruction);
        ValueLayout.store(out, leader);
        out.text(address);
      }
      case Held(var safePoint) -> ValueLayout.timestamp(out.u8(12), safePoint);
      case Removing(var replicas) -> out.u8(14).varint(replicas);
      case Rejected(var reason, var message) -> out.u8(13).u8(reason.ordinal()).text(message);
    }
  }

  static PlacementReply read(ByteReader in) {
    int code = in.u8();
    return switch (code) {
      case 1 -> registered(in);
      case 2 -> reported(in);
      case 3 -> new Ids(in.varint(), ValueLayout.integer(in));
      case 4 ->
          new Timestamps(
              ValueLayout.timestamp(in), ValueLayout.integer(in), ValueLayout.timestamp(in));
      case 5 ->
          new Ranges(
              list(in, 8, ValueLayout::record),
              list(in, 2, ValueLayout::span),
              in.bool(),
              list(in, 2, ValueLayout::address));
      case 6 -> new RangeUnknown(in.bool(), list(in, 2, ValueLayout::address));
      case 7 -> new Stores(list(in, 13, ValueLayout::status));
      case 8 -> fleet(in);
      case 9 -> new PolicySet(ValueLayout.policy(in));
      case 10 ->
          new Fate(ValueLayout.constant(in, MEMBERSHIPS), optional(in, ValueLayout::descriptor));
      case 11 -> new Planned(StepLayout.instruction(in), ValueLayout.store(in), text(in));
      case 12 -> new Held(ValueLayout.timestamp(in));
      case 13 -> new Rejected(ValueLayout.constant(in, REASONS), text(in));
      case 14 -> new Removing(in.varint());
      default -> throw in.bad("unknown reply " + code);
    };
  }

  private static void registered(ByteSink out, Registered registered) {
    ValueLayout.store(out, registered.store());
    ValueLayout.policy(out, registered.policy());
    ValueLayout.timestamp(out, registered.safePoint());
    out.varint(registered.storesVersion()).list(registered.stores(), ValueLayout::address);
  }

  private static Registered registered(ByteReader in) {
    return new Registered(
        ValueLayout.store(in),
        ValueLayout.policy(in),
        ValueLayout.timestamp(in),
        in.varint(),
        list(in, 2, ValueLayout::address));
  }

  private static void reported(ByteSink out, Reported reported) {
    out.varint(reported.receipt()).bool(reported.taken());
    optional(out, reported.fullFrom(), ValueLayout::range);
    ValueLayout.timestamp(out, reported.safePoint());
    ValueLayout.policy(out, reported.policy());
    out.varint(reported.storesVersion()).list(reported.stores(), ValueLayout::address);
    out.list(reported.withoutRoom(), ValueLayout::store);
    out.list(reported.instructions(), StepLayout::instruction);
  }

  private static Reported reported(ByteReader in) {
    return new Reported(
        in.varint(),
        in.bool(),
        optional(in, ValueLayout::range),
        ValueLayout.timestamp(in),
        ValueLayout.policy(in),
        in.varint(),
        list(in, 2, ValueLayout::address),
        list(in, 1, ValueLayout::store),
        list(in, 4, StepLayout::instruction));
  }

  private static void fleet(ByteSink out, Fleet fleet) {
    out.text(fleet.cluster()).varint(fleet.stores()).varint(fleet.storesUp());
    out.varint(fleet.ranges()).varint(fleet.underReplicated()).varint(fleet.leaderless());
    out.varint(fleet.bytes()).varint(fleet.operators());
    ValueLayout.policy(out, fleet.policy());
    optional(out, fleet.placementLeader(), ValueLayout::store);
    ValueLayout.timestamp(out, fleet.safePoint());
    out.varint(fleet.gaps()).bool(fleet.complete());
  }

  private static Fleet fleet(ByteReader in) {
    return new Fleet(
        text(in),
        ValueLayout.integer(in),
        ValueLayout.integer(in),
        in.varint(),
        in.varint(),
        in.varint(),
        in.varint(),
        ValueLayout.integer(in),
        ValueLayout.policy(in),
        optional(in, ValueLayout::store),
        ValueLayout.timestamp(in),
        ValueLayout.integer(in),
        in.bool());
  }
}
