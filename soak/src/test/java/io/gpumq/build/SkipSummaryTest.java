package io.gpumq.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build says at its end which tests it skipped. */
class SkipSummaryTest {
  private static final String REPORT =
      """
      <testsuite tests='4'>
        <testcase name='one' classname='io.gpumq.a.PtxTest'/>
        <testcase name='two' classname='io.gpumq.a.PtxTest'>
          <skipped type='org.opentest4j.TestAbortedException'><![CDATA[\
      org.opentest4j.TestAbortedException: Assumption failed: no nvcc: not compared
      \tat org.junit.jupiter.api.Assumptions.throwAssumptionFailed(Assumptions.java:321)
      ]]></skipped>
        </testcase>
        <testcase name='three' classname='io.gpumq.a.PtxTest'>
          <skipped message='not here'/>
        </testcase>
        <testcase name='four' classname='io.gpumq.a.PtxTest'>
          <skipped message='not here'/>
        </testcase>
      </testsuite>
      """;

  @TempDir private Path root;

  private void write(String module, String text, long changed) throws IOException {
    Path folder = Files.createDirectories(root.resolve(module + "/target/surefire-reports"));
    Path report = Files.writeString(folder.resolve("TEST-" + module.length() + ".xml"), text);
    Files.writeString(folder.resolve("other.txt"), "no report");
    Files.setLastModifiedTime(report, FileTime.from(changed, TimeUnit.MILLISECONDS));
  }

  @Test
  void eachReasonHasALine() throws IOException {
    write("kernels", REPORT, 1000);
    write("broker/api", "<testsuite><testcase name='x' classname='T'/></testsuite>", 1000);
    assertEquals(
        """
        Skipped tests: 3
          1 of PtxTest: no nvcc: not compared
          2 of PtxTest: not here
        """,
        SkipSummary.text(root, 1000));
  }

  @Test
  void aModuleWithinAFolderCountsAndOtherBuildsDoNot() throws IOException {
    write("kernels", REPORT, 999);
    write("broker/api", REPORT.replace("PtxTest", "Inner"), 1000);
    assertEquals(
        """
        Skipped tests: 3
          1 of Inner: no nvcc: not compared
          2 of Inner: not here
        """,
        SkipSummary.text(root, 1000));
  }

  @Test
  void nothingSkippedIsNotSaid() throws IOException {
    write("kernels", "<testsuite><testcase name='x' classname='T'/></testsuite>", 1000);
    assertEquals("", SkipSummary.text(root, 1000));
  }

  @Test
  void theBuildRunsIt() throws IOException {
    String main = "<mainClass>" + SkipSummary.class.getName() + "</mainClass>";
    assertTrue(Files.readString(Path.of("pom.xml")).contains(main));
  }
}
