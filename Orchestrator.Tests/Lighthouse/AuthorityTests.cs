using System.Net;
using System.Text;

namespace Orchestrator.Tests.Lighthouse;

/// <summary>What a lighthouse keeps, and how.</summary>
public sealed class AuthorityTests
{
    [Fact]
    public async Task A_restart_keeps_the_authority_and_the_tokens_that_were_made()
    {
        await using var lighthouse = await LighthouseUnderTest.StartAsync();
        var before = await lighthouse.JoinTokenAsync();
        await lighthouse.StopAsync();
        await lighthouse.StartAgainAsync();
        var after = await lighthouse.JoinTokenAsync();
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        using var certificate = await lighthouse.JoinAsync(before.Token, "n1");
        await lighthouse.StopAsync();
        await lighthouse.StartAgainAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await lighthouse.RefusedAsync(before.Token, "n2")).Status);
    }

    [Fact]
    public async Task Without_the_right_passphrase_it_does_not_start_and_says_why()
    {
        await using var lighthouse = await LighthouseUnderTest.StartAsync();
        await lighthouse.StopAsync();
        var file = Path.Combine(lighthouse.Data, "ca.passphrase");
        var right = await File.ReadAllTextAsync(file);

        await File.WriteAllTextAsync(file, "wrong");
        var (code, error) = await lighthouse.FailToStartAsync();
        Assert.Equal(1, code);
        Assert.Contains("cannot be opened", error, StringComparison.Ordinal);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", (await lighthouse.FailToStartAsync()).Error, StringComparison.Ordinal);

        File.Delete(file);
        Assert.Contains("is missing", (await lighthouse.FailToStartAsync()).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));

        await File.WriteAllTextAsync(file, right);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await lighthouse.StartAgainAsync();
    }

    [Fact]
    public async Task Neither_the_key_nor_a_token_lies_open_in_the_data_folder()
    {
        await using var lighthouse = await LighthouseUnderTest.StartAsync();
        var token = (await lighthouse.JoinTokenAsync()).Token;
        using var certificate = await lighthouse.JoinAsync(token, "n1");
        await lighthouse.StopAsync();
        var everything = string.Concat(Directory.EnumerateFiles(lighthouse.Data).Select(static file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Assert.Contains("BEGIN ENCRYPTED PRIVATE KEY", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN PRIVATE KEY", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN EC PRIVATE KEY", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(token, everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_tries_too_often_has_to_wait()
    {
        await using var lighthouse = await LighthouseUnderTest.StartAsync("-D", "orchestrator.lighthouse.joins-per-minute=3");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await lighthouse.RefusedAsync("orcjoin_guess", "n1")).Status);
        }

        var (status, code, _) = await lighthouse.RefusedAsync("orcjoin_guess", "n1");
        Assert.Equal((HttpStatusCode.TooManyRequests, "overloaded"), (status, code));
        using var authority = await lighthouse.Http.GetAsync("/api/v1/ca");
        Assert.Equal(HttpStatusCode.OK, authority.StatusCode);
    }
}
