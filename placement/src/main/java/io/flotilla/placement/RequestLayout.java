package io.flotilla.placement;

import static io.flotilla.placement.ValueLayout.list;
import static io.flotilla.placement.ValueLayout.optional;
import static io.flotilla.placement.ValueLayout.text;

import io.flotilla.codec.ByteReader;
import io.flotilla.placement.PlacementRequest.AllocateIds;
import io.flotilla.placement.PlacementRequest.DrawTimestamps;
import io.flotilla.placement.PlacementRequest.FleetStatus;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.placement.PlacementRequest.ListRanges;
import io.flotilla.placement.PlacementRequest.ListStores;
import io.flotilla.placement.PlacementRequest.LookupById;
import io.flotilla.placement.PlacementRequest.LookupRange;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.placement.PlacementRequest.RemoveStore;
import io.flotilla.placement.PlacementRequest.ReplicaFate;
import io.flotilla.placement.PlacementRequest.SetPolicy;
import io.flotilla.placement.PlacementRequest.SnapshotHold;
import io.flotilla.placement.PlacementRequest.SplitRequested;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.PlacementRequest.TransferLeader;
import io.flotilla.placement.RangeNews.Stretch;

/// The layouts of requests: a code, then the fields. Codes are never reused.
final class RequestLayout {
  private static final IdKind[] ID_KINDS = IdKind.values();

  /// The least bytes of a range report, so that a count cannot ask for more memory than was sent.
  private static final int REPORT_BYTES_MIN = 10;

  private RequestLayout() {}

  static void write(ByteSink out, PlacementRequest request) {
    switch (request) {
      case RegisterStore register -> register(out.u8(1), register);
      case StoreReport report -> report(out.u8(2), report);
      case AllocateIds(var kind, var count) -> out.u8(3).u8(kind.ordinal()).varint(count);
      case DrawTimestamps(var count) -> out.u8(4).varint(count);
      case LookupRange(var key) -> ValueLayout.key(out.u8(5), key);
      case LookupById(var range) -> ValueLayout.range(out.u8(6), range);
      case ListRanges(var span, var limit, var placement) -> {
        ValueLayout.span(out.u8(7), span);
        out.varint(limit).bool(placement);
      }
      case ListStores() -> out.u8(8);
      case FleetStatus() -> out.u8(9);
      case SetPolicy(var policy) -> ValueLayout.policy(out.u8(10), policy);
      case ReplicaFate(var range, var peer, var generation) -> {
        ValueLayout.range(out.u8(11), range);
        ValueLayout.peer(out, peer);
        out.varint(generation);
      }
      case SplitRequested(var range, var at) -> {
        ValueLayout.range(out.u8(12), range);
        optional(out, at, ValueLayout::key);
      }
      case TransferLeader(var range, var store) -> {
        ValueLayout.range(out.u8(13), range);
        ValueLayout.store(out, store);
      }
      case SnapshotHold(var holder, var at, var ttl) -> {
        out.u8(14).text(holder);
        ValueLayout.timestamp(out, at);
        out.varint(ttl);
      }
      case RemoveStore(var store) -> ValueLayout.store(out.u8(15), store);
    }
  }

  static PlacementRequest read(ByteReader in) {
    int code = in.u8();
    return switch (code) {
      case 1 -> register(in);
      case 2 -> report(in);
      case 3 -> new AllocateIds(ValueLayout.constant(in, ID_KINDS), ValueLayout.integer(in));
      case 4 -> new DrawTimestamps(ValueLayout.integer(in));
      case 5 -> new LookupRange(ValueLayout.key(in));
      case 6 -> new LookupById(ValueLayout.range(in));
      case 7 -> new ListRanges(ValueLayout.span(in), ValueLayout.integer(in), in.bool());
      case 8 -> new ListStores();
      case 9 -> new FleetStatus();
      case 10 -> new SetPolicy(ValueLayout.policy(in));
      case 11 -> new ReplicaFate(ValueLayout.range(in), ValueLayout.peer(in), in.varint());
      case 12 -> new SplitRequested(ValueLayout.range(in), optional(in, ValueLayout::key));
      case 13 -> new TransferLeader(ValueLayout.range(in), ValueLayout.store(in));
      case 14 -> new SnapshotHold(text(in), ValueLayout.timestamp(in), in.varint());
      case 15 -> new RemoveStore(ValueLayout.store(in));
      default -> throw in.bad("unknown request " + code);
    };
  }

  private static void register(ByteSink out, RegisterStore register) {
    out.text(register.cluster()).text(register.instance()).text(register.address());
    out.list(register.labels(), ValueLayout::label);
    out.text(register.version()).text(register.durability());
    optional(out, register.existing(), ValueLayout::store);
  }

  private static RegisterStore register(ByteReader in) {
    return new RegisterStore(
        text(in),
        text(in),
        text(in),
        list(in, 2, ValueLayout::label),
        text(in),
        text(in),
        optional(in, ValueLayout::store));
  }

  private static void report(ByteSink out, StoreReport report) {
    ValueLayout.store(out, report.store());
    out.text(report.address());
    ValueLayout.stats(out, report.stats());
    out.varint(report.storesVersion()).varint(report.receipt());
    news(out, report.news());
  }

  private static void news(ByteSink out, RangeNews news) {
    optional(out, news.full(), RequestLayout::stretch);
    out.list(news.led(), ValueLayout::report);
    out.list(news.released(), ValueLayout::range);
    out.list(news.failed(), RequestLayout::failed);
  }

  private static void stretch(ByteSink out, Stretch stretch) {
    ValueLayout.range(out, stretch.from());
    optional(out, stretch.end(), ValueLayout::range);
  }

  private static void failed(ByteSink out, FailedStep failed) {
    StepLayout.instruction(out, failed.instruction());
    out.text(failed.reason());
  }

  private static StoreReport report(ByteReader in) {
    return new StoreReport(
        ValueLayout.store(in), text(in), ValueLayout.stats(in), in.varint(), in.varint(), news(in));
  }

  private static RangeNews news(ByteReader in) {
    return new RangeNews(
        optional(in, RequestLayout::stretch),
        list(in, REPORT_BYTES_MIN, ValueLayout::report),
        list(in, 1, ValueLayout::range),
        list(in, 4, RequestLayout::failed));
  }

  private static Stretch stretch(ByteReader in) {
    return new Stretch(ValueLayout.range(in), optional(in, ValueLayout::range));
  }

  private static FailedStep failed(ByteReader in) {
    return new FailedStep(StepLayout.instruction(in), text(in));
  }
}
