package io.gpumq.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.gpumq.api.Tracks;
import io.gpumq.spi.Processes;
import io.gpumq.spi.TrackProvider;
import org.junit.jupiter.api.Test;

/** Who may know whom: the rules of docs/ARCHITECTURE.md, over every class that is shipped. */
class DependencyRulesTest {
  private static final String API = "io.gpumq.api..";
  private static final String SPI = "io.gpumq.spi..";
  private static final String KERNELS = "io.gpumq.kernels..";
  private static final String TRACK_A = "io.gpumq.tracka..";
  private static final String TRACK_B = "io.gpumq.trackb..";
  private static final String DELIVERY = "io.gpumq.trackb.delivery..";
  private static final String LAYOUT = "io.gpumq.trackb.layout..";
  private static final String MEMORY = "io.gpumq.trackb.memory..";
  private static final String WAITING = "io.gpumq.trackb.waiting..";
  private static final String LINK = "io.gpumq.trackb.link..";
  private static final String STORE = "io.gpumq.trackb.store..";
  private static final String DEVICE = "io.gpumq.trackb.device..";
  private static final String SOAK = "io.gpumq.soak..";
  private static final String CLI = "io.gpumq.cli..";
  private static final String SERVER = "io.gpumq.server..";

  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.gpumq");

  @Test
  void everyPartIsLookedAt() {
    for (String part : new String[] {"api", "spi", "kernels", "tracka", "trackb", "soak", "cli"}) {
      assertTrue(
          SHIPPED.containPackage("io.gpumq." + part),
          "no class of io.gpumq." + part + " was found");
    }
  }

  @Test
  void theApiDependsOnTheJdkAlone() {
    classes()
        .that()
        .resideInAnyPackage(API, SPI)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", API, SPI)
        .because("every track, server and client stands on it")
        .check(SHIPPED);
  }

  @Test
  void theApiOfUsersKnowsThatOfTracksOnlyToFindThem() {
    noClasses()
        .that()
        .resideInAPackage(API)
        .and()
        .doNotBelongToAnyOf(Tracks.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(SPI)
        .check(SHIPPED);
  }

  @Test
  void kernelsKnowNoTrack() {
    classes()
        .that()
        .resideInAPackage(KERNELS)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", API, SPI, KERNELS)
        .check(SHIPPED);
  }

  @Test
  void noTrackKnowsTheOther() {
    noClasses()
        .that()
        .resideInAPackage(TRACK_A)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(TRACK_B)
        .check(SHIPPED);
    noClasses()
        .that()
        .resideInAPackage(TRACK_B)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(TRACK_A)
        .check(SHIPPED);
  }

  @Test
  void onlyTheDeviceKnowsCuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage(DEVICE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .because("everything else runs and is tested where there is no GPU")
        .check(SHIPPED);
  }

  @Test
  void onlyTheServerKnowsTheNetwork() {
    noClasses()
        .that()
        .resideOutsideOfPackage(SERVER)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(SHIPPED);
  }

  @Test
  void deliveryKnowsNeitherRingsNorDevice() {
    noClasses()
        .that()
        .resideInAPackage(DELIVERY)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(DEVICE, LINK, STORE)
        .because("groups, leases and dead letters are the same whatever keeps the messages")
        .check(SHIPPED);
  }

  @Test
  void layoutAndMemoryStandOnNothingOfTheTrack() {
    classes()
        .that()
        .resideInAnyPackage(LAYOUT, WAITING)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", API, SPI, KERNELS, LAYOUT, WAITING)
        .check(SHIPPED);
    classes()
        .that()
        .resideInAPackage(MEMORY)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", API, SPI, KERNELS, LAYOUT, MEMORY)
        .check(SHIPPED);
  }

  @Test
  void ringsCarryAndTheStoreKeepsWithoutEachOther() {
    classes()
        .that()
        .resideInAPackage(STORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", API, SPI, KERNELS, LAYOUT, STORE)
        .check(SHIPPED);
    noClasses()
        .that()
        .resideInAPackage(LINK)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(STORE, DELIVERY, DEVICE)
        .because("a ring carries entries, whoever keeps or wants them")
        .check(SHIPPED);
  }

  @Test
  void theBenchSeesTracksThroughTheApiAlone() {
    noClasses()
        .that()
        .resideInAPackage(SOAK)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(KERNELS, TRACK_A, TRACK_B, CLI)
        .because("a bench that knows the track it measures can favour it")
        .check(SHIPPED);
  }

  @Test
  void onlyTheCommandLinePutsThingsTogether() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CLI, TRACK_A, TRACK_B)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(CLI, TRACK_A, TRACK_B)
        .check(SHIPPED);
  }

  @Test
  void processesAreStartedInOnePlaceAlone() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(Processes.class)
        .should()
        .callMethod(ProcessBuilder.class, "start")
        .orShould()
        .callMethodWhere(
            describe(
                "it is Runtime.exec",
                call ->
                    call.getTargetOwner().isEquivalentTo(Runtime.class)
                        && call.getName().equals("exec")))
        .because("a start that finds no file descriptor closes those of others")
        .check(SHIPPED);
  }

  @Test
  void packagesFormNoCycle() {
    slices()
        .matching("io.gpumq.(**)")
        .should()
        .beFreeOfCycles()
        // The one way from the users' half to the tracks' half, by ServiceLoader.
        .ignoreDependency(Tracks.class, TrackProvider.class)
        .check(SHIPPED);
  }
}
