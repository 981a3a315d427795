using Orchestrator.Node.Hosting;

namespace Orchestrator.Tests.Node.Settings;

public sealed class NodeDoctorTests
{
    [Fact]
    public void A_missing_curl_is_a_warning_with_the_way_to_install_it()
    {
        Assert.Equal(("ok", "/usr/bin/curl", null), (NodeDoctor.Curl("/usr/bin/curl").Result, NodeDoctor.Curl("/usr/bin/curl").Found, NodeDoctor.Curl("/usr/bin/curl").Advice));
        var missing = NodeDoctor.Curl(found: null);
        Assert.Equal(("warn", "not found"), (missing.Result, missing.Found));
        Assert.Contains("apt install curl", missing.Advice, StringComparison.Ordinal);
        Assert.Contains("hooks", missing.Advice, StringComparison.Ordinal);
    }
}
