package io.flotilla.engine.node;

import static io.flotilla.engine.node.ReportPace.DONE_NANOS;
import static io.flotilla.engine.node.ReportPace.LOOK_NANOS;
import static io.flotilla.engine.node.ReportPace.REPORT_NANOS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReportPaceTest {
  private static final long START = 1_000 * REPORT_NANOS;

  private final ReportPace pace = new ReportPace(START);

  private void lookedAndReported(long nanos) {
    pace.looked(nanos);
    pace.reported(nanos);
  }

  @Test
  void theFirstLookAndReportAreDueAtOnce() {
    assertEquals(0, pace.nanosToLook(false, START));
    assertTrue(pace.isReportDue(START));
  }

  @Test
  void withoutNewsThereIsAReportASecond() {
    lookedAndReported(START);
    assertEquals(REPORT_NANOS, pace.nanosToLook(false, START));
    assertEquals(1, pace.nanosToLook(false, START + REPORT_NANOS - 1));
    assertFalse(pace.isReportDue(START + REPORT_NANOS - 1));
    assertEquals(0, pace.nanosToLook(false, START + REPORT_NANOS));
    assertTrue(pace.isReportDue(START + REPORT_NANOS));
  }

  @Test
  void newsAfterAQuietWhileAreLookedAtAtOnce() {
    lookedAndReported(START);
    assertEquals(0, pace.nanosToLook(true, START + LOOK_NANOS));
  }

  @Test
  void moreNewsWaitUntilATenthOfASecondIsOver() {
    lookedAndReported(START);
    assertEquals(LOOK_NANOS, pace.nanosToLook(true, START));
    assertEquals(LOOK_NANOS / 4, pace.nanosToLook(true, START + LOOK_NANOS * 3 / 4));
  }

  @Test
  void whileAReportIsOverdueThereAreTenLooksASecond() {
    lookedAndReported(START);
    long late = START + 3 * REPORT_NANOS;
    pace.looked(late);
    assertEquals(LOOK_NANOS, pace.nanosToLook(false, late));
  }

  @Test
  void howeverManyReportsThereAreALookIsOverdueAfterTenSeconds() {
    lookedAndReported(START);
    pace.reported(START + 9 * REPORT_NANOS);
    assertFalse(pace.isLookOverdue(START + 10 * REPORT_NANOS - 1));
    assertTrue(pace.isLookOverdue(START + 10 * REPORT_NANOS));
  }

  @Test
  void aReportCanBeAskedFor() {
    lookedAndReported(START);
    pace.reportNow(START + 1);
    assertTrue(pace.isReportDue(START + 1));
    assertEquals(LOOK_NANOS - 1, pace.nanosToLook(false, START + 1));
  }

  @Test
  void whoHasDoneWhatWasWantedAsksSoonWhatIsNext() {
    lookedAndReported(START);
    pace.done(START + 1);
    pace.done(START + 2);
    assertEquals(DONE_NANOS - LOOK_NANOS, pace.nanosToLook(false, START + 1 + LOOK_NANOS));
    assertFalse(pace.isReportDue(START + DONE_NANOS));
    assertTrue(pace.isReportDue(START + 1 + DONE_NANOS));
    pace.reported(START + 1 + DONE_NANOS);
    assertFalse(pace.isReportDue(START + DONE_NANOS + REPORT_NANOS));
  }

  @Test
  void aReportOfNewsDoesNotAskInItsPlace() {
    lookedAndReported(START);
    pace.done(START);
    pace.reported(START + DONE_NANOS / 2);
    assertTrue(pace.isReportDue(START + DONE_NANOS));
  }

  @Test
  void neitherDoesARegularOneThatIsDueMeanwhile() {
    lookedAndReported(START);
    pace.done(START + REPORT_NANOS - 1);
    assertTrue(pace.isReportDue(START + REPORT_NANOS));
    pace.reported(START + REPORT_NANOS);
    assertTrue(pace.isReportDue(START + REPORT_NANOS - 1 + DONE_NANOS));
  }
}
