using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Orchestrator.Tests.Dashboard;

/// <summary>The system's own Chromium with one page open, and what that page complained of.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";
    private const float PatienceMilliseconds = 30_000;
    private static readonly string[] Switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.SetDefaultTimeout(PatienceMilliseconds);
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Console += (_, line) =>
        {
            // A request that is refused on purpose is no complaint of the page's own.
            if (line.Type == "error" && !line.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                Complaints.Enqueue(line.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors in the page's script and violations of its policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public static async Task<Browser> StartAsync(ColorScheme colours = ColorScheme.Light, int width = 1280, int height = 900)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = Switches, Headless = true });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = colours, ViewportSize = new ViewportSize { Width = width, Height = height } });
        return new Browser(playwright, browser, page);
    }

    /// <summary>Waits until what the selector names is shown and has the text.</summary>
    public async Task ShowsAsync(string selector, string text)
        => await Page.Locator(selector).Filter(new LocatorFilterOptions { HasText = text }).First.WaitForAsync();

    public async Task SignInAsync(string token)
    {
        await Page.FillAsync("#token", token);
        await Page.PressAsync("#token", "Enter");
    }

    /// <summary>Keeps a picture, if the variable <c>DASHBOARD_PICTURES</c> names a folder for them.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("DASHBOARD_PICTURES") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
