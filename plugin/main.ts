process.stdout.write('kubectl dr\n');
