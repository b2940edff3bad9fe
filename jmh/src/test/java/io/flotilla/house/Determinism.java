package io.flotilla.house;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.regex.Pattern;

/// What would let the host decide an outcome that a seed must decide (STYLE §3), each with what to
/// use instead.
final class Determinism {
  /// A member that must not be used: `owner.member`, where a constructor is `<init>`.
  private record BannedMember(Pattern pattern, String parameters, String instead) {}

  /// A type that must not be depended on at all.
  private record BannedType(Pattern pattern, String instead) {}

  private static final String TIME = "ticks as an input, or the Clock port at the store's edge";
  private static final String RANDOM = "a RandomSource that is passed in, forked by purpose";
  private static final String ORDER = "a sorted array, List, TreeMap or LinkedHashMap";
  private static final String THREADS = "EventLoop.submit, or an input";
  private static final String CONFINE = "confinement to one loop: no two threads meet here";
  private static final String IO = "a port of io.flotilla.spi: no I/O in here";
  private static final String TEXT = "concatenation, Locale.ROOT, StandardCharsets.UTF_8";
  private static final String ANY = "*";

  private static final List<BannedMember> MEMBERS =
      List.of(
          member("java.lang.System.(nanoTime|currentTimeMillis)", ANY, TIME),
          member("java.time.(Instant|Local\\w+|Zoned\\w+|Offset\\w+|Year).now", ANY, TIME),
          member("java.time.Clock.(system|tick).*", ANY, TIME),
          member("java.lang.Math.random", ANY, RANDOM),
          member("java.util.UUID.randomUUID", ANY, RANDOM),
          member("java.util.(Set|Map).(of|copyOf|ofEntries)", ANY, ORDER),
          member("java.util.Hash(Set|Map).<init>", ANY, ORDER),
          member("java.util.stream.Collectors.to(Unmodifiable)?(Set|Map)", ANY, ORDER),
          member("java.lang.System.identityHashCode", ANY, ORDER),
          member("java.util.Collections.shuffle", "(java.util.List)", RANDOM),
          member("java.util.concurrent.CompletableFuture.\\w+Async", ANY, THREADS),
          member("java.util.concurrent.CompletableFuture.(join|get|orTimeout)", ANY, THREADS),
          member("java.util.\\w+.parallel(Stream)?", ANY, THREADS),
          member("java.util.stream.\\w+.parallel", ANY, THREADS),
          member("java.lang.Object.(wait|notify|notifyAll)", ANY, THREADS),
          member("java.lang.String.(format|formatted)", ANY, TEXT),
          member("java.lang.String.(getBytes|toLowerCase|toUpperCase)", "()", TEXT),
          member("java.lang.String.<init>", "(byte[])", TEXT),
          member("java.util.Locale.getDefault", ANY, TEXT),
          member("java.nio.charset.Charset.defaultCharset", ANY, TEXT),
          member(
              "java.lang.System.(getenv|getProperty|getProperties)",
              ANY,
              "a field of an options record"),
          member("java.lang.Runtime\\.\\w+", ANY, "a number in an options record"));

  private static final List<BannedType> TYPES =
      List.of(
          type("java.util.(Random|SplittableRandom)", RANDOM),
          type("java.util.concurrent.ThreadLocalRandom", RANDOM),
          type("java.security.SecureRandom", RANDOM),
          type("java.util.(IdentityHashMap|WeakHashMap)", ORDER),
          type("java.util.(Date|Calendar|Timer|TimerTask)", TIME),
          type("java.lang.(Thread|ThreadLocal|ThreadGroup)(\\$\\w+)?", THREADS),
          type("java.util.concurrent.\\w*(Executor|Executors|ExecutorService|Pool)", THREADS),
          type("java.util.concurrent.(ConcurrentHashMap|\\w+Queue|\\w+Deque)", CONFINE),
          type("java.util.concurrent.(CountDownLatch|Semaphore|Phaser|CyclicBarrier)", CONFINE),
          type("java.util.concurrent.(locks|atomic)\\..*", CONFINE),
          type("java.lang.invoke.VarHandle", CONFINE),
          type("java.lang.ref\\..*", "an explicit close"),
          type("java.io.(File|Random)\\w*", IO),
          type("java.nio.(file|channels)\\..*", IO),
          type("java.net\\..*", IO),
          type("javax?\\.(sql|net)\\..*", IO));

  private Determinism() {}

  static ArchCondition<JavaClass> leaveNothingToTheHost() {
    return new ArchCondition<>("leave nothing to the host") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getAccessesFromSelf().forEach(access -> checkAccess(type, access, events));
        type.getDirectDependenciesFromSelf().forEach(d -> checkType(type, d, events));
        for (JavaField field : type.getFields()) {
          if (field.getModifiers().contains(JavaModifier.VOLATILE)) {
            report(type, field.getFullName() + " is volatile", CONFINE, events);
          }
        }
        for (JavaMethod method : type.getMethods()) {
          if (method.getModifiers().contains(JavaModifier.SYNCHRONIZED)) {
            report(type, method.getFullName() + " is synchronized", CONFINE, events);
          }
        }
      }
    };
  }

  private static void checkAccess(JavaClass type, JavaAccess<?> access, ConditionEvents events) {
    String name = access.getTargetOwner().getName() + "." + access.getTarget().getName();
    String full = access.getTarget().getFullName();
    String parameters = full.indexOf('(') < 0 ? "" : full.substring(full.indexOf('('));
    for (BannedMember ban : MEMBERS) {
      boolean sameParameters = ban.parameters().equals(ANY) || ban.parameters().equals(parameters);
      if (sameParameters && ban.pattern().matcher(name).matches()) {
        report(type, access.getDescription(), ban.instead(), events);
      }
    }
  }

  private static void checkType(JavaClass type, Dependency dependency, ConditionEvents events) {
    String name = dependency.getTargetClass().getBaseComponentType().getName();
    for (BannedType ban : TYPES) {
      if (ban.pattern().matcher(name).matches()) {
        report(type, dependency.getDescription(), ban.instead(), events);
      }
    }
  }

  private static void report(JavaClass type, String what, String instead, ConditionEvents events) {
    events.add(SimpleConditionEvent.violated(type, what + "; instead: " + instead));
  }

  private static BannedMember member(String pattern, String parameters, String instead) {
    return new BannedMember(Pattern.compile(pattern), parameters, instead);
  }

  private static BannedType type(String pattern, String instead) {
    return new BannedType(Pattern.compile(pattern), instead);
  }
}
